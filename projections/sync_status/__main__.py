"""Entry point of `python -m projections.sync_status`."""

from projections.sync_status.app import start

start()
