"""Identities that become part of a player's person, and leave it again: an alias stays for ever."""

import msgspec

from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.unified_players.domain.people import People, person_of
from projections.unified_players.domain.rows import AliasRow, AliasSpan, Member


def linked(identity: str, player: str, recorded: Recorded, rows: Rows, people: People) -> Member:
    """The identity is this player. Raises LookupError while it is another one."""
    before = person_of(identity, rows)
    if before not in (identity, player):
        raise LookupError(f"{identity} is {before} already")
    _lead(identity, player, recorded, rows)
    return people.move(identity, before, player)


def unlinked(identity: str, player: str, recorded: Recorded, rows: Rows, people: People) -> Member:
    """The identity stands for itself again. Raises LookupError if it was not this player."""
    if person_of(identity, rows) != player:
        raise LookupError(f"{identity} is not {player}")
    _lead(identity, identity, recorded, rows)
    return people.move(identity, player, identity)


def _lead(identity: str, person_id: str, recorded: Recorded, rows: Rows) -> None:
    """From now on the id stands for this person."""
    alias, now = rows.get(AliasRow, identity), recorded.sequence
    spans = alias.spans if alias else ()
    if spans:
        spans = (*spans[:-1], msgspec.structs.replace(spans[-1], to_seq=now))
    span = AliasSpan(person_id=person_id, from_seq=now)
    rows.put(AliasRow(alias_id=identity, person_id=person_id, spans=(*spans, span)))
