"""What wsop-import decides: about an import, the runs that fetch a kind, and an event. Pure.

What holds now (the catalogue) spans imports: it follows the events of all of them. A decision about
one import is guarded by the expectation on that import. Until it is closed only the import that was
begun first tells rows: who knows of its newest fact knows all that they are to be compared with.
"""

from services.wsop_import.domain.arranging import Work, arrange
from services.wsop_import.domain.decider import Command, State, WsopDecider
from services.wsop_import.domain.events import EVENT_COMMANDS, EventWords
from services.wsop_import.domain.importing import (
    AbandonFile,
    BeginFile,
    RejectFile,
    SkipFile,
    TellFile,
)
from services.wsop_import.domain.sources import Source, sync_notice
from services.wsop_import.domain.state import CONTEXT, EVENT, IMPORT, SOURCE, Catalogue, Import

__all__ = [
    "CONTEXT",
    "EVENT",
    "EVENT_COMMANDS",
    "IMPORT",
    "SOURCE",
    "AbandonFile",
    "BeginFile",
    "Catalogue",
    "Command",
    "EventWords",
    "Import",
    "RejectFile",
    "SkipFile",
    "Source",
    "State",
    "TellFile",
    "Work",
    "WsopDecider",
    "arrange",
    "sync_notice",
]
