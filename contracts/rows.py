"""Rows of read models and the working set a fold changes: the pure half of every projection.

A projection's `domain.py` declares one Row class per table and a Fold. The runner loads the rows a
batch of events may touch, lets the fold change the working set in memory, and writes what changed
together with the checkpoint in one transaction.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, ClassVar, Protocol, runtime_checkable

import msgspec

from contracts.messages import Event
from contracts.recorded import Recorded

type Key = tuple[Any, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Field names are the columns, in the order of the table; KEY names the primary key.

    Column types follow the annotations: int bigint, str text, bool boolean, float double precision,
    datetime timestamptz, anything else jsonb; `| None` makes it nullable.
    """

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    # Columns that tell when and from where, not what: two logs of the same show differ in them.
    AUDIT: ClassVar[tuple[str, ...]] = ()
    # False: no fold reads or removes such a row, so that none stays in memory once it is written.
    READ: ClassVar[bool] = True

    @property
    def key(self) -> Key:
        """Values of the primary key."""
        return tuple([getattr(self, name) for name in self.KEY])


type _Place = tuple[type[Row], Key]


class _Unknown(Enum):
    """In place of a row that was never loaded: not even its absence is known."""

    UNKNOWN = "unknown"


_UNKNOWN = _Unknown.UNKNOWN


class Rows:
    """The working set of one batch: loaded rows and what was changed in them."""

    def __init__(self) -> None:
        self._known: dict[_Place, Row | None] = {}
        self._changed: set[_Place] = set()
        # What the running event overwrote, so that an event that fails leaves nothing behind.
        self._undo: list[tuple[_Place, Row | _Unknown | None, bool]] = []

    def get[R: Row](self, kind: type[R], *key: Any) -> R | None:
        """The row with this key as the fold left it, or None. The key must have been announced."""
        return self._known[kind, key]  # type: ignore[return-value]

    def put(self, row: Row) -> None:
        """Insert or replace one row."""
        place = (type(row), row.key)
        known = self._known.get(place, _UNKNOWN)
        if known != row:
            self._set(place, known, row)

    def delete(self, kind: type[Row], *key: Any) -> None:
        """Remove one row, if it is there. The key must have been announced."""
        place = (kind, key)
        known = self._known[place]
        if known is not None:
            self._set(place, known, None)

    def _set(self, place: _Place, known: Row | _Unknown | None, row: Row | None) -> None:
        self._undo.append((place, known, place in self._changed))
        self._known[place] = row
        self._changed.add(place)

    def begin(self) -> None:
        """Runner only: an event starts here."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Runner only: the running event failed; put back everything it changed."""
        for place, known, changed in reversed(self._undo):
            if known is _UNKNOWN:
                self._known.pop(place, None)
            else:
                self._known[place] = known
            if not changed:
                self._changed.discard(place)
        self._undo.clear()

    def load(self, kind: type[Row], key: Key, row: Row | None) -> None:
        """Runner only: make a stored row (or its absence) known."""
        self._known[kind, key] = row

    def knows(self, kind: type[Row], key: Key) -> bool:
        """Runner only: whether the row was loaded before."""
        return (kind, key) in self._known

    def take_changes(self) -> list[tuple[type[Row], Key, Row | None]]:
        """Runner only: what changed since the last call; None marks a removed row."""
        changed = [(kind, key, self._known[kind, key]) for kind, key in self._changed]
        for kind, key, _ in changed:
            if not kind.READ:
                del self._known[kind, key]
        self._changed.clear()
        return changed

    def size(self) -> int:
        """How many rows are held."""
        return len(self._known)

    def forget(self) -> None:
        """Runner only: drop every unchanged row, to stay within the cache limit."""
        self._known = {place: self._known[place] for place in self._changed}


class Fold(Protocol):
    """The pure core of a projection. It keeps no state of its own: all of it is in the rows."""

    handles: Sequence[type[Event]]

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """Every row that `project` may read for this event."""
        ...

    def block_key(self, recorded: Recorded) -> str:
        """Events with the same key must be applied in order: one that fails holds back the rest."""
        ...

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event to the rows. Pure: no clock, no order but the sequence."""
        ...


@runtime_checkable
class TwoStepFold(Fold, Protocol):
    """A fold with events that touch rows which only other rows can name, such as a neighbour."""

    def further_keys(self, recorded: Recorded, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
        """More rows that `project` may read, asked when all rows of `keys` are loaded.

        `rows` stand as they did before the batch of this event: what other events of the batch
        change is not in them yet, but whatever those name or put is known to `project` too.
        """
        ...
