"""What wsop-import decides: about an import, and about the runs that fetch a kind of data. Pure.

What holds now (the catalogue) spans imports: it follows the events of all of them. A decision about
one import is guarded by the expectation on that import; that no other import was said since the
catalogue was read is made sure of by whoever asks, just before.
"""

from collections.abc import Sequence
from datetime import datetime

from contracts.decision import Refusal
from contracts.messages import Event
from services.wsop_import.domain.arranging import Work, arrange
from services.wsop_import.domain.following import follow
from services.wsop_import.domain.importing import (
    AbandonFile,
    ImportCommand,
    RejectFile,
    SkipFile,
    TellFile,
    decide_import,
)
from services.wsop_import.domain.sources import Source, follow_source
from services.wsop_import.domain.state import CONTEXT, IMPORT, SOURCE, Catalogue, Import
from services.wsop_import.domain.syncing import SourceCommand, decide_source

type State = Import | Source
type Command = ImportCommand | SourceCommand


class WsopDecider:
    """The Decider of the context `wsop`. `catalogue` is for reading only."""

    context = CONTEXT

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.catalogue = Catalogue()

    def initial(self, entity: str, entity_id: str) -> State:  # noqa: ARG002
        """State of an import or a kind nothing was ever said about."""
        return Import() if entity == IMPORT else Source()

    def evolve(self, state: State, event: Event) -> State:
        """State after an event; changes the object it is given, and the catalogue."""
        match state:
            case Import():
                return follow(state, event, self.catalogue)
            case Source():
                return follow_source(state, event)

    def decide(self, command: Command, state: State, now: datetime) -> Sequence[Event] | Refusal:
        """Events about an import or a kind; see `decide_import` and `decide_source`."""
        match state:
            case Import() if isinstance(command, TellFile | SkipFile | RejectFile | AbandonFile):
                return decide_import(command, state, self.catalogue, now)
            case Source() if not isinstance(
                command, TellFile | SkipFile | RejectFile | AbandonFile
            ):
                return decide_source(command, state, now)
        raise TypeError(f"{type(command).__name__} is not about {type(state).__name__}")


__all__ = [
    "CONTEXT",
    "IMPORT",
    "SOURCE",
    "AbandonFile",
    "Catalogue",
    "Command",
    "Import",
    "RejectFile",
    "SkipFile",
    "Source",
    "State",
    "TellFile",
    "Work",
    "WsopDecider",
    "arrange",
]
