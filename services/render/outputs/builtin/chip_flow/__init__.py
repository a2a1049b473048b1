"""The chip flow: one person's chips as a line, in the lower third."""
