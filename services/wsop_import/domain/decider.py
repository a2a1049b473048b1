"""The Decider of the context `wsop`: which rules are asked about an import, a kind, an event."""

from collections.abc import Sequence
from datetime import datetime

from contracts.decision import Refusal
from contracts.messages import Event
from services.wsop_import.domain import events, following, importing, sources, syncing
from services.wsop_import.domain.state import CONTEXT, EVENT, IMPORT, Catalogue, Import

type State = Import | sources.Source | events.EventWords
type Command = importing.ImportCommand | syncing.SourceCommand | events.EventCommand

IMPORT_COMMANDS = (
    importing.BeginFile,
    importing.TellFile,
    importing.SkipFile,
    importing.RejectFile,
    importing.AbandonFile,
)


class WsopDecider:
    """The Decider of the context `wsop`. `catalogue` is for reading only."""

    context = CONTEXT

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.catalogue = Catalogue()

    def initial(self, entity: str, entity_id: str) -> State:  # noqa: ARG002
        """State of an import, an event or a kind nothing was ever said about."""
        if entity == IMPORT:
            return Import()
        return events.EventWords() if entity == EVENT else sources.Source()

    def evolve(self, state: State, event: Event) -> State:
        """State after an event; changes the object it is given, and the catalogue."""
        match state:
            case Import():
                return following.follow(state, event, self.catalogue)
            case sources.Source():
                return sources.follow_source(state, event)
            case events.EventWords():
                return events.follow_event(state, event)

    def decide(self, command: Command, state: State, now: datetime) -> Sequence[Event] | Refusal:
        """Events; see `decide_import`, `decide_source` and `decide_event`."""
        if isinstance(command, IMPORT_COMMANDS):
            if isinstance(state, Import):
                return importing.decide_import(command, state, self.catalogue, now)
        elif isinstance(command, events.EVENT_COMMANDS):
            if isinstance(state, events.EventWords):
                return events.decide_event(command, state)
        elif isinstance(state, sources.Source):
            return syncing.decide_source(command, state, now)
        raise TypeError(f"{type(command).__name__} is not about {type(state).__name__}")
