"""What every composition is made of: its place in the catalogue, its parameters, its people."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from contracts import persons
from contracts.countries import country_code
from contracts.formats import FormatError, name_forms

type Layer = Literal["lower", "left", "right", "full", "corner", "bottom", "transition"]

# Characters of a free text on a graphic; more is cut off the picture anyway.
TEXT_LENGTH_MAX = 120
# Seats of a table, and hands of one game: more than either is a mistyped number.
SEAT_MAX = 10
ORDINAL_MAX = 9_999

type GameId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}\Z")]
type PersonId = Annotated[str, msgspec.Meta(pattern=rf"^{persons.PERSON_ID}\Z")]
type SeatNumber = Annotated[int, msgspec.Meta(ge=1, le=SEAT_MAX)]
type Ordinal = Annotated[int, msgspec.Meta(ge=0, le=ORDINAL_MAX)]
# No control characters: PostgreSQL cannot store NUL, and the rest is never meant.
type Words = Annotated[
    str, msgspec.Meta(max_length=TEXT_LENGTH_MAX, pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z")
]
type Moment = Literal["start", "end"]


class Composition(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of graphic: where it airs, how many rows it holds, its picture size and time.

    `version` is part of the output cache key: it goes up when the layout changes.
    """

    name: str
    version: int
    layer: Layer
    slots: int
    width: int = 1920
    height: int = 1080
    fps: int = 30
    duration_ms: int = 10_000


class MissingData(ValueError):
    """A mandatory value of the graphic is absent; it must not be drawn without it."""


class BadParameters(ValueError):
    """The parameters of a cue do not make its graphic; the sentence says which one and why."""


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all parameters of a cue. A rule over several of them raises ValueError."""


def read_parameters[P: Parameters](kind: type[P], given: Mapping[str, Any]) -> P:
    """The parameters of one composition, checked. Raises BadParameters with a sentence."""
    fields = msgspec.structs.fields(kind)
    if unknown := sorted(given.keys() - {field.name for field in fields}):
        known = ", ".join(field.name for field in fields)
        raise BadParameters(f"parameter {unknown[0]!r} is not known; these are: {known}")
    for field in fields:
        if field.required and given.get(field.name) is None:
            raise BadParameters(f"parameter {field.name!r} is missing")
    try:
        return msgspec.convert(dict(given), kind)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `$.")
        where = f"parameter {path.rstrip('`')!r}: " if path else ""
        for shown, word in _WORDS.items():
            said = said.replace(shown, word)
        raise BadParameters(f"{where}{said[:1].lower()}{said[1:]}") from error


# How the sentences of the reader name types.
_WORDS = {
    "`str`": "a text",
    "`str | null`": "a text",
    "`int`": "a whole number",
    "`int | null`": "a whole number",
    "`array`": "a list",
}


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all bound data: sentences for the operator about them, no part of the picture."""

    warnings: tuple[str, ...] = ()


class Named(Warned, frozen=True, kw_only=True):
    """A person as bound: the known names (empty where none is) and a country code or None."""

    name: str
    long_name: str
    country: str | None = None


def surname(person: Named) -> str:
    """The short name, else the last word of the full one, upper case. Raises MissingData."""
    try:
        return name_forms(person.long_name or person.name, surname=person.name).surname
    except FormatError as error:
        raise MissingData("this player has no name; correct the seat first") from error


def flag_of(country: str | None, name: str, warnings: list[str]) -> str | None:
    """The ISO alpha-2 code of a country; a code that has no flag is warned about."""
    flag = country_code(country)
    if flag is None and country:
        warnings.append(f"{name}: no flag is known for country {country!r}")
    return flag


def once(warnings: Iterable[str]) -> tuple[str, ...]:
    """Every sentence once: a binding keeps those of its fields, and they are made again to draw."""
    return tuple(dict.fromkeys(warnings))
