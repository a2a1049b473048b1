"""Where contents come from, and how their rows become records."""
