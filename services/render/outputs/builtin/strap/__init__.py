"""The strap: a name with a line below it and a figure beside it, at the bottom of the picture."""
