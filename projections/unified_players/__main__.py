"""Entry point of `python -m projections.unified_players`."""

from projections.unified_players.app import start

start()
