"""Entry point of `python -m projections.renders`."""

from projections.renders.app import start

start()
