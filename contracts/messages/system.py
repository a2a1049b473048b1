"""What the house says about itself."""

from typing import ClassVar

from contracts.messages import Event, MessageType


class CanarySaid(Event, frozen=True, kw_only=True):
    """A canary was put into the log; a projection that folds it proves the whole path."""

    TYPE: ClassVar = MessageType("system", "canary", "said", "canary_id")
    canary_id: str
    number: int
