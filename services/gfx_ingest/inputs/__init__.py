"""The watch folders: find files, wait until they rest, read them, hand them to the Decider."""
