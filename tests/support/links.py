"""A fold whose events touch rows that only another row can name: numbers linked in order."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import ClassVar

import msgspec

from contracts.messages import Event
from contracts.messages.system import CanarySaid
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows

UNFOLLOWABLE = -1
LINKS_SQL = """
create table "{schema}".shelf (shelf text primary key, numbers jsonb not null);
create table "{schema}".link (
    shelf text not null, number bigint not null, weight bigint not null,
    primary key (shelf, number)
);
"""


class ShelfRow(Row, frozen=True, kw_only=True):
    """The numbers said so far, in order."""

    TABLE: ClassVar = "shelf"
    KEY: ClassVar = ("shelf",)
    shelf: str
    numbers: tuple[int, ...] = ()


class LinkRow(Row, frozen=True, kw_only=True):
    """One number; its weight grows by what is put beside it."""

    TABLE: ClassVar = "link"
    KEY: ClassVar = ("shelf", "number")
    shelf: str
    number: int
    weight: int


def around(numbers: tuple[int, ...], number: int) -> list[int]:
    """The numbers before and after the place of one."""
    place = bisect_left(numbers, number)
    return [*numbers[max(place - 1, 0) : place], *numbers[place : place + 1]]


class LinksFold:
    """Puts each number in its place and adds it to the weight of its neighbours."""

    handles: tuple[type[Event], ...] = (CanarySaid,)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        event = recorded.event
        assert isinstance(event, CanarySaid)
        yield ShelfRow, (event.canary_id,)
        yield LinkRow, (event.canary_id, event.number)

    def further_keys(self, recorded: Recorded, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
        event = recorded.event
        assert isinstance(event, CanarySaid)
        if event.number == UNFOLLOWABLE:
            raise ValueError("no neighbour follows from this")
        shelf = rows.get(ShelfRow, event.canary_id)
        for number in around(shelf.numbers, event.number) if shelf else ():
            yield LinkRow, (event.canary_id, number)

    def block_key(self, recorded: Recorded) -> str:
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        event = recorded.event
        assert isinstance(event, CanarySaid)
        shelf = rows.get(ShelfRow, event.canary_id) or ShelfRow(shelf=event.canary_id)
        weight = event.number
        for number in around(shelf.numbers, event.number):
            link = rows.get(LinkRow, event.canary_id, number)
            assert link is not None
            rows.put(msgspec.structs.replace(link, weight=link.weight + event.number))
            weight += link.weight
        rows.put(LinkRow(shelf=event.canary_id, number=event.number, weight=weight))
        numbers = tuple(sorted((*shelf.numbers, event.number)))
        rows.put(msgspec.structs.replace(shelf, numbers=numbers))
