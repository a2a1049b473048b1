"""Times as .NET counts them: ticks of 100 ns since 0001-01-01T00:00:00 UTC. No floats.

A PokerGFX export says moments with seven fractional digits and spans as ISO 8601 durations; both
are kept exactly as integers of ticks.
"""

import datetime as dt
import re

TICKS_PER_SECOND = 10_000_000
_SECONDS_PER_DAY = 86_400
_SECONDS_MAX = dt.date.max.toordinal() * _SECONDS_PER_DAY

_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,7}))?Z\Z"
)
# Seven digits hold the days of the whole calendar, and every sum of them fits 64 bits.
_SPAN = re.compile(
    r"P(?:([0-9]{1,7})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7})(?:\.([0-9]{1,7}))?S)?)?\Z"
)


class BadTime(ValueError):
    """A text is not a moment in UTC or not a duration, or is outside the calendar."""


def utc_to_ticks(text: str) -> int:
    """Ticks of a moment such as `2026-05-01T12:00:00.0000001Z`; at most seven digits, only Z."""
    match = _MOMENT.match(text)
    if match is None:
        raise BadTime(f"{text!r} is not a moment in UTC with at most seven fractional digits")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError as error:
        raise BadTime(f"{text!r} is not in the calendar") from error
    days = moment.toordinal() - 1
    seconds = days * _SECONDS_PER_DAY + hour * 3600 + minute * 60 + second
    return seconds * TICKS_PER_SECOND + _fraction(match[7])


def ticks_to_utc(ticks: int) -> str:
    """The moment of these ticks with seven fractional digits and Z; raises BadTime outside it."""
    seconds, fraction = divmod(ticks, TICKS_PER_SECOND)
    if not 0 <= seconds < _SECONDS_MAX:
        raise BadTime(f"{ticks} ticks are outside the calendar")
    days, rest = divmod(seconds, _SECONDS_PER_DAY)
    day = dt.date.fromordinal(days + 1)
    return (
        f"{day.isoformat()}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
        f".{fraction:07d}Z"
    )


def duration_to_ticks(text: str) -> int:
    """Ticks of an ISO 8601 duration of days, hours, minutes and seconds, e.g. `PT1M5.5S`.

    Years, months, weeks and negative spans do not occur in an export and raise BadTime.
    """
    match = _SPAN.match(text)
    if match is None or not any(match.groups()):
        raise BadTime(f"{text!r} is not a duration of days, hours, minutes and seconds")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:4])
    whole = days * _SECONDS_PER_DAY + hours * 3600 + minutes * 60 + seconds
    return whole * TICKS_PER_SECOND + _fraction(match[5])


def _fraction(digits: str | None) -> int:
    return int((digits or "").ljust(7, "0"))
