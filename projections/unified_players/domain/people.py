"""The people that one event is about: their ids, and the periods that begin and end with it."""

from collections.abc import Iterable, Mapping

import msgspec

from contracts import persons
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.unified_players.domain.composing import columns, event_ids, exists
from projections.unified_players.domain.period import PeriodRow
from projections.unified_players.domain.rows import AliasRow, Member, PersonRow


def near_keys(person_id: str) -> Iterable[tuple[type[Row], Key]]:
    """What leads from an id to its person; only identities ever stand for another."""
    yield PersonRow, (person_id,)
    if person_id.startswith(f"{persons.GFX}-"):
        yield AliasRow, (person_id,)


def far_keys(person_id: str, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
    """The person that an id with known near keys stands for."""
    yield PersonRow, (person_of(person_id, rows),)


def person_of(person_id: str, rows: Rows) -> str:
    """Whom an id stands for."""
    if not person_id.startswith(f"{persons.GFX}-"):
        return person_id
    alias = rows.get(AliasRow, person_id)
    return alias.person_id if alias else person_id


class People:
    """Changes members of people and, at last, the periods of all who were touched."""

    def __init__(self, recorded: Recorded, rows: Rows) -> None:
        """Of one event."""
        self._recorded = recorded
        self._rows = rows
        self._touched: dict[str, dict[str, Member]] = {}
        # Of whom more was said than that they have a stack.
        self._told_of: set[str] = set()

    def member(self, person_id: str, of: str = "") -> Member:
        """What was said of an id, as a member of the person it stands for."""
        person = of or person_of(person_id, self._rows)
        touched = self._touched.get(person)
        members = self._person(person).members if touched is None else touched
        return members.get(person_id, Member())

    def put(self, person_id: str, member: Member, of: str = "") -> None:
        """Replace what was said of an id."""
        person = of or person_of(person_id, self._rows)
        self._told_of.add(person)
        self._members(person)[person_id] = member

    def enter(self, person_id: str, event_id: str) -> None:
        """A stack of an event was told of an id."""
        member = self.member(person_id)
        if event_id not in member.events:
            events = tuple(sorted({*member.events, event_id}))
            entered = msgspec.structs.replace(member, events=events)
            self._members(person_of(person_id, self._rows))[person_id] = entered

    def move(self, person_id: str, before: str, after: str) -> Member:
        """Make an id a member of another person; returns the member."""
        self._told_of |= {before, after}
        member = self._members(before).pop(person_id, Member())
        self._members(after)[person_id] = member
        return member

    def settle(self) -> None:
        """Write every touched person, and begin and end periods where another value holds."""
        for person_id, members in sorted(self._touched.items()):
            person = self._person(person_id)
            # A person has its own id, whatever else it has.
            members.setdefault(person_id, Member())
            told = self._told(person_id, members, person.open)
            if told is None or person.open is None or not person.open.says_the_same(told):
                if person.open:
                    sequence = self._recorded.sequence
                    self._rows.put(msgspec.structs.replace(person.open, to_seq=sequence))
                if told:
                    self._rows.put(told)
            else:
                told = person.open
            if told or members != {person_id: Member()}:
                self._rows.put(PersonRow(person_id=person_id, members=members, open=told))
            else:
                self._rows.delete(PersonRow, person_id)

    def _told(
        self, person_id: str, members: Mapping[str, Member], before: PeriodRow | None
    ) -> PeriodRow | None:
        sequence, said_at = self._recorded.sequence, self._recorded.said_at
        if before and person_id not in self._told_of:
            # Ten thousand stacks come at once; composing all their names anew takes seconds.
            return msgspec.structs.replace(
                before, from_seq=sequence, said_at=said_at, event_ids=event_ids(members)
            )
        if not exists(members):
            return None
        return PeriodRow(
            person_id=person_id, from_seq=sequence, said_at=said_at, **columns(members)
        )

    def _person(self, person_id: str) -> PersonRow:
        return self._rows.get(PersonRow, person_id) or PersonRow(person_id=person_id)

    def _members(self, person_id: str) -> dict[str, Member]:
        if person_id not in self._touched:
            self._touched[person_id] = dict(self._person(person_id).members)
        return self._touched[person_id]
