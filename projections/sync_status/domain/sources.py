"""Which source a fact is about: a table of PokerGFX, or a kind of the platform's files."""

from contracts.messages import Event
from contracts.messages.gfx_sync import TableRegistered
from contracts.messages.wsop_sync import SourceRegistered

type SourceKey = tuple[str, str, str]


def source_key(event: Event) -> SourceKey:
    """Key of the status of the source whose entity this fact is about."""
    return event.TYPE.owner, event.TYPE.entity, event.subject_id


def table_key(table: str) -> SourceKey:
    """Key of the status of a table."""
    return TableRegistered.TYPE.owner, TableRegistered.TYPE.entity, table


def kind_key(kind: str) -> SourceKey:
    """Key of the status of a kind of the tournament platform's files."""
    return SourceRegistered.TYPE.owner, SourceRegistered.TYPE.entity, kind
