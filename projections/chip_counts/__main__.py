"""Entry point of `python -m projections.chip_counts`."""

from projections.chip_counts.app import start

start()
