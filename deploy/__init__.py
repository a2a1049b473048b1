"""How it is run: on one machine (`local`), by command (`cli`), with a simulated PC (`simulate`)."""
