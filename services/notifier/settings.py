"""Settings of the notifier."""

from bus.settings import ProcessSettings


class NotifierSettings(ProcessSettings):
    """Nothing differs from every other process."""
