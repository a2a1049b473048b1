"""Folds without a database: logs made of events, and a runner that keeps rows in memory.

The runner does what the real one does: it announces keys, folds a batch, keeps what changed (as
JSON, so that every row must survive its trip through the store) and ignores what it has seen.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contracts.envelope import Envelope
from contracts.messages import Event
from contracts.recorded import Recorded
from contracts.rows import Fold, Key, Row, Rows, TwoStepFold

LOG_START = datetime(2031, 3, 1, 18, 0, tzinfo=UTC)


def log_of(*events: Event, after: int = 0, actor: str = "dana") -> list[Recorded]:
    """Events behind a sequence, said one second apart."""
    return [
        Recorded(
            sequence,
            Envelope(
                id=f"e-{sequence}",
                type=event.TYPE.text,
                source="test",
                time=LOG_START + timedelta(seconds=sequence),
                correlation_id="story",
                causation_id=f"c-{sequence}",
                actor=actor,
            ),
            event,
        )
        for sequence, event in enumerate(events, after + 1)
    ]


class Folding:
    """Runs one fold in memory."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.checkpoint = 0
        self._stored: dict[tuple[type[Row], Key], bytes] = {}

    def apply(self, facts: Iterable[Recorded]) -> "Folding":
        """Fold one batch; what is at or below the checkpoint was folded before."""
        batch = [fact for fact in facts if fact.sequence > self.checkpoint]
        handled = [fact for fact in batch if isinstance(fact.event, tuple(self.fold.handles))]
        rows = Rows()
        self._make_known(rows, (named for fact in handled for named in self.fold.keys(fact)))
        if isinstance(self.fold, TwoStepFold):
            further = [n for fact in handled for n in self.fold.further_keys(fact, rows)]
            self._make_known(rows, further)
        for fact in handled:
            self.fold.project(fact, rows)
        for kind, key, row in rows.take_changes():
            if row is None:
                self._stored.pop((kind, key), None)
            else:
                self._stored[kind, key] = msgspec.json.encode(row)
        self.checkpoint = max([self.checkpoint, *(fact.sequence for fact in batch)])
        return self

    def apply_each(self, facts: Iterable[Recorded]) -> "Folding":
        """Fold every event as a batch of its own."""
        for fact in facts:
            self.apply([fact])
        return self

    def _make_known(self, rows: Rows, named: Iterable[tuple[type[Row], Key]]) -> None:
        for kind, key in named:
            if not rows.knows(kind, key):
                rows.load(kind, key, self._load(kind, key))

    def _load(self, kind: type[Row], key: Key) -> Row | None:
        stored = self._stored.get((kind, key))
        return None if stored is None else msgspec.json.decode(stored, type=kind)

    def row[R: Row](self, kind: type[R], *key: Any) -> R:
        """One row, which must exist."""
        row = self._load(kind, key)
        assert isinstance(row, kind), f"no {kind.TABLE} {key}"
        return row

    def rows[R: Row](self, kind: type[R]) -> list[R]:
        """All rows of a table by key."""
        return [self.row(kind, *key) for key in sorted(k for t, k in self._stored if t is kind)]

    def kinds(self) -> set[type[Row]]:
        """The tables that hold anything."""
        return {kind for kind, _ in self._stored}

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Everything in every table."""
        return {kind.TABLE: [_plain(row) for row in self.rows(kind)] for kind in self.kinds()}

    def business(self, kind: type[Row]) -> list[dict[str, Any]]:
        """The business columns of a table: all that may not depend on the order of arrival."""
        audit: Sequence[str] = kind.AUDIT  # type: ignore[attr-defined]
        return [
            {name: value for name, value in _plain(row).items() if name not in audit}
            for row in self.rows(kind)
        ]


def _plain(row: Row) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(row))
