"""Blind structures and payouts: the two lists that are taken whole or not at all."""

from collections.abc import Callable, Iterable, Mapping

from contracts.tournament import BlindLevel, PayoutBand
from services.wsop_import.inputs.errors import BadValue, shown
from services.wsop_import.inputs.values import CHIPS_MAX, cents, count, flag, rank, whole

# A structure of four days has some 45 lines with its breaks.
LEVELS_MAX = 100
# The largest field so far paid 1,517 places; a fact with that many before and after is one message.
BANDS_MAX = 1_600

_chips = whole(0, CHIPS_MAX)


def _elements(value: object, most: int) -> Iterable[tuple[int, Mapping[str, object]]]:
    if not isinstance(value, list) or len(value) > most:
        raise BadValue("wrong_type", f"it is not a list of at most {most} entries")
    for number, element in enumerate(value):
        if not isinstance(element, dict):
            raise BadValue("wrong_type", f"entry {number} is not an object")
        yield number, element


def _field[V](element: Mapping[str, object], name: str, convert: Callable[[object], V]) -> V | None:
    value = element.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return convert(value)
    except BadValue as error:
        raise BadValue(error.code, f"{name}: {error}") from error


def _needed[V](element: Mapping[str, object], name: str, convert: Callable[[object], V]) -> V:
    found = _field(element, name, convert)
    if found is None:
        raise BadValue("missing", f"{name} is missing")
    return found


def level(element: Mapping[str, object]) -> BlindLevel:
    """One line of a blind structure, with the names of `BlindLevel`. Raises BadValue."""
    is_break = bool(_field(element, "is_break", flag))
    if is_break:
        return BlindLevel(
            level=_field(element, "level", count),
            small_blind=0,
            big_blind=0,
            ante=0,
            duration_minutes=_field(element, "duration_minutes", count),
            is_break=True,
        )
    return BlindLevel(
        level=_needed(element, "level", count),
        small_blind=_needed(element, "small_blind", _chips),
        big_blind=_needed(element, "big_blind", _chips),
        ante=_field(element, "ante", _chips) or 0,
        duration_minutes=_field(element, "duration_minutes", count),
    )


def band(element: Mapping[str, object], *, dollars: bool) -> PayoutBand:
    """One band of payouts, with the names of `PayoutBand`, or a single `place`. Raises BadValue."""
    if "place" in element:
        start = end = _needed(element, "place", rank)
    else:
        start, end = _needed(element, "place_start", rank), _needed(element, "place_end", rank)
    amount = _needed(element, "amount", cents(dollars=dollars))
    return PayoutBand(place_start=start, place_end=end, amount=amount)


def ordered(bands: Iterable[tuple[str, PayoutBand]]) -> tuple[PayoutBand, ...]:
    """Bands by place, from those of a file, each with where it stands there ("line 4").

    Raises BadValue when they run backwards, overlap or repeat a place.
    """
    found = sorted(bands, key=lambda each: (each[1].place_start, each[1].place_end))
    last, before = 0, ""
    for at, each in found:
        if each.place_end < each.place_start:
            name = f"{each.place_start}-{each.place_end}"
            raise BadValue("bad_bands", f"the places {name} of {at} run backwards")
        if each.place_start <= last:
            text = f"place {each.place_start} is paid twice, by {before} and {at}"
            raise BadValue("bad_bands", text)
        last, before = each.place_end, at
    return tuple(each for _, each in found)


def blind_structure(value: object) -> tuple[BlindLevel, ...] | None:
    """The list of JSON; an empty one clears, like null."""
    found = []
    for number, element in _elements([] if value is None else value, LEVELS_MAX):
        try:
            found.append(level(element))
        except BadValue as error:
            raise BadValue(error.code, f"entry {number}: {error}") from error
    return tuple(found) or None


def payouts(*, dollars: bool) -> Callable[[object], tuple[PayoutBand, ...] | None]:
    """The list of JSON; an empty one clears, like null."""

    def convert(value: object) -> tuple[PayoutBand, ...] | None:
        found = []
        for number, element in _elements([] if value is None else value, BANDS_MAX):
            try:
                found.append((f"entry {number}", band(element, dollars=dollars)))
            except BadValue as error:
                text = f"entry {number} ({shown(element)}): {error}"
                raise BadValue(error.code, text) from error
        return ordered(found) or None

    return convert
