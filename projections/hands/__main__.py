"""Entry point of `python -m projections.hands`."""

from projections.hands.app import start

start()
