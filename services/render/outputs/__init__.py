"""Edges of the render service: engines that turn formatted fields into picture files."""
