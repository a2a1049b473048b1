"""Entry point of `python -m projections.notifications`."""

from projections.notifications.app import start

start()
