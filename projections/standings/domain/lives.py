"""Is a player in or out: statements in the order of their own time, whenever they came.

Nothing is kept of somebody who was never out. A later statement with chips opens the row again:
that is a re-entry, and withdraws the elimination.

Of a run only its ends are kept: files repeat it all day. A statement that comes late into the midst
of one parts it at its ends, so what lay between them is no longer known to the minute; a place
stays with the half in which it was told. A statement that is taken back at an end of a run leaves
the other end.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import structs

from projections.standings.domain.rows import Run


def with_sign(runs: Sequence[Run], sign: Run) -> tuple[Run, ...]:
    """The runs with one more statement; `sign` begins and ends at its own time.

    Of two statements of one time the one that says `out` holds: only a later one opens a row.
    """
    at = sign.first
    before = [run for run in runs if run.last < at]
    after = [run for run in runs if run.first > at]
    covering = [run for run in runs if run.first <= at <= run.last]
    middle = _merged(covering[0], sign) if covering else [sign]
    return tuple(_joined([*before, *middle, *after]))


def without_sign(runs: Sequence[Run], kind: str, at: datetime) -> tuple[Run, ...]:
    """The runs without a statement of one kind and time: a later import says something else."""
    kept = (left for run in runs if (left := _without(run, kind, at)) is not None)
    found = _joined(kept)
    # Chips before anybody was out say nothing.
    return tuple(found[1:] if found and found[0].kind == "in" else found)


def _without(run: Run, kind: str, at: datetime) -> Run | None:
    if run.kind != kind or at not in (run.first, run.last):
        return run
    if run.first == run.last:
        return None
    return _end(run, run.last if at == run.first else run.first, placed=run.placed_at != at)


def re_entries(runs: Sequence[Run]) -> int:
    """How often somebody who was out came back."""
    return sum(run.kind == "in" for run in runs[1:])


def _merged(run: Run, sign: Run) -> list[Run]:
    at = sign.first
    if run.kind == sign.kind:
        return [_newer(run, sign)]
    if sign.kind == "in" and at in (run.first, run.last):
        return [run]
    placed = run.placed_at or at
    left = [_end(run, run.first, placed=placed < at)] if run.first < at else []
    right = [_end(run, run.last, placed=placed > at)] if run.last > at else []
    return [*left, sign, *right]


def _end(run: Run, at: datetime, *, placed: bool) -> Run:
    """One end of a run, with its place or without it."""
    if placed:
        return structs.replace(run, first=at, last=at)
    return Run(kind=run.kind, first=at, last=at)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Neighbours of one kind together."""
    found: list[Run] = []
    for run in runs:
        if found and found[-1].kind == run.kind:
            found[-1] = _newer(found[-1], run)
        else:
            found.append(run)
    return found


def _newer(run: Run, other: Run) -> Run:
    """Both as one run; a statement of stacks has no rank and takes none away."""
    newer = other.placed_at is not None and (
        run.placed_at is None or other.placed_at >= run.placed_at
    )
    told = other if newer else run
    return Run(
        kind=run.kind,
        first=min(run.first, other.first),
        last=max(run.last, other.last),
        rank=told.rank,
        prize_won=told.prize_won,
        set_id=told.set_id,
        placed_at=told.placed_at,
    )
