"""One value of a file to one of ours. Text of a CSV cell and values of JSON are treated alike.

Numbers may be written as text with thousands separators; money also with a dollar sign. Every
function raises BadValue for what it does not take: a number that is nearly right is wrong on air.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.wsop_import.inputs.errors import BadValue, shown

# The largest integer every JSON reader keeps exactly, browsers included.
CHIPS_MAX = 2**53 - 1
# Counts of people, tables, levels: what a database's integer holds.
COUNT_MAX = 2**31 - 1
SEAT_MAX = 10
# Digits that are surely no more than CHIPS_MAX.
BARE_LENGTH_MAX = 15
# A platform's ids are a dozen characters long.
KEY_LENGTH_MAX = 128
NAME_LENGTH_MAX = 200
URL_LENGTH_MAX = 1000
# Longer text is no caption, and a fact with it before and after must stay one message.
TEXT_LENGTH_MAX = 1000
TAGS_MAX = 50

# What is shown to whoever wrote something else.
DAY_FORM, CLOCK_FORM, MOMENT_FORM = "2031-10-15", "17:20", "2031-10-19T17:20:00+03:00"

_DIGITS = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\Z")
_CHIPS = re.compile(r"\$?\s*([0-9,]+)(?:\s*\(\s*[0-9,]+(?:\.[0-9]+)?\s*BB\s*\))?\Z")
_MONEY = re.compile(r"(\$?)\s*([0-9,]+)(\.([0-9]+))?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?\Z")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r" ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?\Z"
)
# Control characters other than line ends and tabs, and halves of surrogate pairs.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no")


def plain(value: object) -> str:
    """The text of a text or number, trimmed, and without characters that nobody can show."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise BadValue("wrong_type", f"{shown(value)} is neither text nor a number")
    text = str(value).strip()
    if _UNSHOWABLE.search(text):
        raise BadValue("bad_text", f"{shown(value)} holds characters that cannot be shown")
    return text


def text(length_max: int) -> Callable[[object], str]:
    """Text of at most that many characters."""

    def convert(value: object) -> str:
        found = plain(value)
        if len(found) > length_max:
            raise BadValue("too_long", f"{len(found)} characters, at most {length_max} are taken")
        return found

    return convert


def filled(length_max: int) -> Callable[[object], str]:
    """Text that is not empty."""
    limited = text(length_max)

    def convert(value: object) -> str:
        found = limited(value)
        if not found:
            raise BadValue("missing", "it is empty")
        return found

    return convert


key = filled(KEY_LENGTH_MAX)
_address = text(URL_LENGTH_MAX)


def url(value: object) -> str:
    """The address of something on the web: http or https, with a host, and no blanks."""
    found = _address(value)
    try:
        parts = urlsplit(found)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or any(character.isspace() for character in found):
        raise BadValue("not_an_address", f"{shown(value)} is no http or https address with a host")
    return found


def whole(low: int = 0, high: int = COUNT_MAX) -> Callable[[object], int]:
    """A whole number from `low` to `high`."""

    def convert(value: object) -> int:
        number = _bare(value)
        if number is not None and low <= number <= high:
            return number
        found = plain(value)
        digits = found.removeprefix("-")
        if not _DIGITS.match(digits):
            raise BadValue("not_a_number", f"{shown(value)} is not a whole number")
        number = int(found.replace(",", "")) if len(digits) <= len(str(high)) * 2 else high + 1
        if not low <= number <= high:
            raise BadValue("out_of_range", f"{shown(value)} is not between {low} and {high}")
        return number

    return convert


def _bare(value: object) -> int | None:
    """The number of a text of nothing but digits, as nearly all are; None = look closer."""
    if isinstance(value, str) and len(value) <= BARE_LENGTH_MAX:
        return int(value) if value.isascii() and value.isdigit() else None
    return None


_chips = whole(0, CHIPS_MAX)
count = whole()
seat = whole(1, SEAT_MAX)
rank = whole(1)


def chips(value: object) -> int:
    """Chips; `2,225,000 (56BB)` is 2225000."""
    if (number := _bare(value)) is not None:
        return number
    found = _CHIPS.match(plain(value))
    return _chips(found.group(1) if found else value)


def cents(*, dollars: bool) -> Callable[[object], int]:
    """Money in cents. With a dollar sign or a decimal point it is dollars, bare as asked."""

    def convert(value: object) -> int:
        found = _MONEY.match(plain(value))
        if found is None:
            raise BadValue("not_money", f"{shown(value)} is not an amount in dollars or cents")
        sign, units, point, decimals = found.groups()
        if decimals and len(decimals) > 2:
            raise BadValue("not_money", f"{shown(value)} has more than two decimals")
        amount = _chips(units)
        if not (sign or point or dollars):
            return amount
        return _chips(amount * 100 + int((decimals or "").ljust(2, "0")))

    return convert


def word(words: Mapping[str, str]) -> Callable[[object], str]:
    """One of some words, in whatever case, as what it stands for."""

    def convert(value: object) -> str:
        found = words.get(plain(value).lower())
        if found is None:
            raise BadValue("unknown_word", f"{shown(value)} is none of {', '.join(words)}")
        return found

    return convert


def flag(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    found = plain(value).lower()
    if found not in (*_YES, *_NO):
        raise BadValue("unknown_word", f"{shown(value)} is neither true nor false")
    return found in _YES


def day(value: object) -> date:
    """A date, `2031-10-15`."""
    found = _matching(_DAY, value, f"a date like {DAY_FORM}")
    try:
        return date.fromisoformat(found[0])
    except ValueError as error:
        text = f"{shown(value)} is in no calendar; a date has the form {DAY_FORM}"
        raise BadValue("not_a_date", text) from error


def clock(value: object) -> str:
    """A local time of day, `17:20`; kept as text."""
    found = _matching(_CLOCK, value, f"a time like {CLOCK_FORM}")
    try:
        time.fromisoformat(found[0])
    except ValueError as error:
        text = f"{shown(value)} is on no clock; a time has the form {CLOCK_FORM}"
        raise BadValue("not_a_time", text) from error
    return found[0]


def zone(value: object) -> str:
    """The name of a time zone of the IANA data base."""
    found = plain(value)
    try:
        ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadValue(
            "unknown_zone", f"{shown(value)} is no time zone of the IANA list"
        ) from error
    return found


def moment(value: object) -> datetime:
    """A time as RFC 3339 writes it; naive when it has no offset. Digits below 1 us are cut."""
    found = _matching(_MOMENT, value, f"a time like {MOMENT_FORM}")
    try:
        told = datetime.fromisoformat(f"{found[1]}T{found[2]}{(found[3] or '').upper()}")
        return told if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        text = f"{shown(value)} is in no calendar; a time has the form {MOMENT_FORM}"
        raise BadValue("not_a_time", text) from error


def _matching(form: re.Pattern[str], value: object, name: str) -> re.Match[str]:
    found = form.match(plain(value))
    if found is None:
        raise BadValue("wrong_form", f"{shown(value)} is not {name}")
    return found


def in_zone(told: datetime, zone_name: str) -> datetime:
    """A naive time of a place as UTC; the earlier one where the clock shows it twice."""
    return told.replace(tzinfo=ZoneInfo(zone_name), fold=0).astimezone(UTC)


def tags(value: object) -> tuple[str, ...] | None:
    """A list of texts; an empty one clears."""
    if not isinstance(value, list) or len(value) > TAGS_MAX:
        raise BadValue("wrong_type", f"{shown(value)} is not a list of at most {TAGS_MAX} texts")
    return tuple(filled(NAME_LENGTH_MAX)(each) for each in value) or None


def achievement(value: object) -> str | None:
    """Of a player's additional information only the achievement; the rest is private."""
    if not isinstance(value, dict):
        raise BadValue("wrong_type", f"{shown(value)} is not an object")
    told = value.get("achievement")
    return None if told is None else text(TEXT_LENGTH_MAX)(told)
