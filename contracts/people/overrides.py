"""Which override holds: one rule for the service that says them and the models that fold them.

A window is half-open: from `valid_from`, inclusive, until `valid_until`, exclusive; None is open.
Of several that cover a moment the smallest priority wins, then the one created last, then the
smaller id. Overrides on any id of one person compete, so callers pass those of all of them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from contracts.messages.override import OverrideField, OverrideSet, Phase

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """One override that was not withdrawn. `object` is the key of a private value."""

    override_id: str
    person_id: str
    field: OverrideField
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime
    value: str | None = None
    object: str | None = None


def from_fact(fact: OverrideSet) -> Override:
    """The override a fact sets."""
    return Override(
        override_id=fact.override_id,
        person_id=fact.person_id,
        field=fact.field,
        priority=fact.priority,
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        created_at=fact.created_at,
        value=fact.value,
        object=fact.object,
    )


def phase(valid_from: datetime | None, valid_until: datetime | None, at: datetime) -> Phase:
    """Where a moment lies in a window."""
    if valid_until is not None and valid_until <= at:
        return "expired"
    if valid_from is not None and valid_from > at:
        return "scheduled"
    return "effective"


def covers(override: Override, at: datetime) -> bool:
    """Whether a moment lies in the window of an override."""
    return phase(override.valid_from, override.valid_until, at) == "effective"


def compete(one: Override, other: Override) -> bool:
    """Whether two overrides of one id would hold at the same time with the same right."""
    if one.field != other.field or one.priority != other.priority:
        return False
    return _before(one.valid_from, other.valid_until) and _before(other.valid_from, one.valid_until)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def winner(overrides: Iterable[Override], field: OverrideField, at: datetime) -> Override | None:
    """The override of a field that holds at a moment, None if none does."""
    return winners((o for o in overrides if o.field == field), at).get(field)


def winners(overrides: Iterable[Override], at: datetime) -> dict[OverrideField, Override]:
    """The override that holds at a moment, by field."""
    best: dict[OverrideField, Override] = {}
    for override in overrides:
        if not covers(override, at):
            continue
        known = best.get(override.field)
        if known is None or _rank(override) < _rank(known):
            best[override.field] = override
    return best


def _rank(override: Override) -> tuple[int, object, str]:
    return (override.priority, _END_OF_TIME - override.created_at, override.override_id)
