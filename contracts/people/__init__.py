"""What names, links, overrides and pictures of people mean: pure rules for all who need them."""
