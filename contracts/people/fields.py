"""What may be said about a person: the fields of an override, and which values each one takes."""

import unicodedata
from datetime import date
from typing import Final, get_args
from urllib.parse import urlsplit

import msgspec

from contracts.countries import country_code
from contracts.errors import ContractError
from contracts.messages.override import OverrideField

FIELDS: Final[tuple[OverrideField, ...]] = get_args(OverrideField.__value__)
# Kept as objects and never said: they must be erasable, the log is not.
PRIVATE: Final[frozenset[OverrideField]] = frozenset(
    {"bio", "social_links", "birth_date", "contact"}
)
# What an erasure ends: the private fields, and the address of a photo that somebody else stores.
ERASED: Final[frozenset[OverrideField]] = PRIVATE | {"profile_image_url"}

# Characters. A graphic has room for far less; what is longer was pasted by mistake.
LENGTH_MAX: Final[dict[OverrideField, int]] = {
    "name": 100,
    "name_korean": 60,
    "name_display": 100,
    "name_short": 40,
    "country_code": 3,
    "country_name": 60,
    "profile_image_url": 500,
    "notable_wins": 4000,
    "bio": 4000,
    "social_links": 4000,
    "birth_date": 10,
    "contact": 1000,
}
# Entries of a list, and characters of one of them: more cannot be shown on one page.
ENTRIES_MAX = 20
ENTRY_LENGTH_MAX = 200
# UTF-8 bytes of the longest value: four to a character at most.
VALUE_BYTES_MAX = 4 * max(LENGTH_MAX.values())

# Control characters, half surrogates, what no font has, and line ends that are no line feed.
_UNSHOWN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Characters that make the rest of a line run backwards, and those that only hide in it.
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff")


class BadValue(ContractError):
    """A value does not suit its field; the text says why."""


def checked(field: OverrideField, text: str) -> str:
    """The value as it is kept: trimmed, in composed Unicode, codes and JSON in their one form.

    `notable_wins` is a JSON list of texts, `social_links` a JSON object of https addresses by the
    name of the site, `birth_date` an ISO date. Raises BadValue with a sentence.
    """
    value = _plain(text, field in ("bio", "contact"))
    if len(value) > LENGTH_MAX[field]:
        raise BadValue(f"{field} has {len(value)} characters, {LENGTH_MAX[field]} are possible")
    match field:
        case "country_code":
            return _country(value)
        case "profile_image_url":
            return _address(value)
        case "notable_wins":
            return _wins(value)
        case "social_links":
            return _links(value)
        case "birth_date":
            return _day(value)
        case _:
            return value


def _plain(text: str, lines: bool) -> str:
    value = unicodedata.normalize("NFC", text).strip()
    if not value:
        raise BadValue("an empty value says nothing; withdraw the override instead")
    for character in value:
        bad = unicodedata.category(character) in _UNSHOWN or character in _HIDDEN
        if bad and not (lines and character == "\n"):
            raise BadValue(f"the character U+{ord(character):04X} cannot be shown")
    if all(unicodedata.category(character)[0] in "CMZ" for character in value):
        raise BadValue("no character of the value can be seen")
    return value


def _country(value: str) -> str:
    code = country_code(value)
    if code is None:
        raise BadValue(f"{value!r} is no country code")
    return code


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadValue(f"{value!r} is no address: {error}") from error
    if parts.scheme != "https" or not host or parts.username or parts.password or " " in value:
        raise BadValue(f"{value!r} is no https address without a login")
    if port not in (None, 443):
        raise BadValue(f"{value!r} asks for port {port}; only the usual one is allowed")
    return value


def _wins(value: str) -> str:
    try:
        wins = msgspec.json.decode(value, type=list[str])
    except msgspec.DecodeError as error:
        raise BadValue(f"notable_wins is no JSON list of texts: {error}") from error
    return _json([_entry(win) for win in wins], len(wins))


def _links(value: str) -> str:
    try:
        links = msgspec.json.decode(value, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BadValue(f"social_links is no JSON object of texts: {error}") from error
    return _json({_entry(site): _address(_entry(link)) for site, link in links.items()}, len(links))


def _entry(text: str) -> str:
    value = _plain(text, False)
    if len(value) > ENTRY_LENGTH_MAX:
        raise BadValue(f"an entry has {len(value)} characters, {ENTRY_LENGTH_MAX} are possible")
    return value


def _json(value: object, entries: int) -> str:
    if not 1 <= entries <= ENTRIES_MAX:
        raise BadValue(f"{entries} entries; 1 to {ENTRIES_MAX} are possible")
    return msgspec.json.encode(value, order="sorted").decode()


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise BadValue(f"{value!r} is no date: {error}") from error
