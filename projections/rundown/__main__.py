"""Entry point of `python -m projections.rundown`."""

from projections.rundown.app import start

start()
