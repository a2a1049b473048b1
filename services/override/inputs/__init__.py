"""What comes in besides commands: names from the read models, of which links are suggested."""
