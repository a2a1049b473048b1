"""Entry point of `python -m projections.standings`."""

from projections.standings.app import start

start()
