"""Entry point of `python -m projections.events`."""

from projections.events.app import start

start()
