"""How values become the texts of a picture: chips, blinds, money, ordinals and names.

Everything here is exact: integers only, no float and no locale of the machine. An absent value
(None) becomes an empty text, so that a half-known fact never shows a wrong number.
"""

import unicodedata
from collections.abc import Sequence
from typing import Literal, assert_never

import msgspec

THOUSAND = 1_000
MILLION = 1_000_000
CENTS = 100

type BbMode = Literal["floor", "half_up", "one_decimal"]
type Language = Literal["", "tr"]


class FormatError(ValueError):
    """The value has no text in this format."""


class NameForms(msgspec.Struct, frozen=True, kw_only=True):
    """One person's name, longest form first; all upper case but `as_typed`."""

    full: str
    initial_surname: str
    surname: str
    as_typed: str


def chips_grouped(chips: int | None) -> str:
    """`1,925,000`; empty for an absent or negative amount (the caller warns about the latter)."""
    return "" if chips is None or chips < 0 else f"{chips:,}"


def chips_signed(chips: int | None) -> str:
    """A change: `+120,000`, `-120,000` or `0`; empty when absent."""
    if chips is None:
        return ""
    return f"{chips:+,}" if chips else "0"


def chips_short_exact(chips: int | None) -> str:
    """Blinds and denominations: shortened only where nothing is lost.

    `1.5K` from multiples of 100, `1.25M` from multiples of 10,000; anything else is grouped.
    """
    if chips is None or chips < THOUSAND:
        return chips_grouped(chips)
    if chips < MILLION:
        return f"{_decimal(chips // 100, 1)}K" if chips % 100 == 0 else chips_grouped(chips)
    if chips % 10_000 == 0:
        return f"{_decimal(chips // 10_000, 2)}M"
    return chips_grouped(chips)


def chips_short_stack(chips: int | None) -> str:
    """Stacks: one decimal, rounded down, `.0` dropped: `1.9M`, `45K`, `950`."""
    if chips is None or chips < THOUSAND:
        return chips_grouped(chips)
    if chips < MILLION:
        return f"{_decimal(chips // 100, 1)}K"
    return f"{_decimal(chips // 100_000, 1)}M"


def _decimal(scaled: int, places: int) -> str:
    """`scaled` / 10^places with grouped whole part and without trailing zeros."""
    whole, rest = divmod(scaled, 10**places)
    digits = f"{rest:0{places}d}".rstrip("0")
    return f"{whole:,}.{digits}" if digits else f"{whole:,}"


def blinds(small: int | None, big: int | None, ante: int | None = 0, *, full: bool = False) -> str:
    """`40K / 80K - 80K (BB)`, without ante `40K / 80K`; `full`: `300/500 - 500 (BB)`.

    Empty when a blind is absent. An absent ante counts as none.
    """
    if small is None or big is None or small < 0 or big < 0:
        return ""
    text = chips_grouped if full else chips_short_exact
    pair = f"{text(small)}{'/' if full else ' / '}{text(big)}"
    return f"{pair} - {text(ante)} (BB)" if ante and ante > 0 else pair


def bb(chips: int | None, big_blind: int | None, mode: BbMode = "floor") -> str:
    """Chips counted in big blinds; empty without chips or without a big blind."""
    if chips is None or chips < 0 or not big_blind or big_blind < 0:
        return ""
    match mode:
        case "floor":
            return f"{chips // big_blind:,}"
        case "half_up":
            return f"{_half_up(chips, big_blind):,}"
        case "one_decimal":
            tenths = _half_up(10 * chips, big_blind)
            return f"{tenths // 10:,}.{tenths % 10}"
    assert_never(mode)


def _half_up(dividend: int, divisor: int) -> int:
    """The nearest integer of a quotient of positive numbers; exactly one half goes up."""
    return (2 * dividend + divisor) // (2 * divisor)


def average_stack(stacks: Sequence[int]) -> int | None:
    """Mean of the stacks above zero, rounded down; None when there is none."""
    in_play = [chips for chips in stacks if chips > 0]
    return sum(in_play) // len(in_play) if in_play else None


def average_stack_text(stacks: Sequence[int], big_blind: int | None) -> str:
    """`AVERAGE STACK : 1,925,000 (96BB)`; empty without stacks, no bracket without a blind."""
    average = average_stack(stacks)
    if average is None:
        return ""
    count = bb(average, big_blind)
    return f"AVERAGE STACK : {chips_grouped(average)}" + (f" ({count}BB)" if count else "")


def ordinal(number: int | None) -> str:
    """`1ST`, `11TH`, `52ND`.

    Raises:
        FormatError: absent, zero or negative: there is no such place.
    """
    if number is None or number < 1:
        raise FormatError(f"{number} is not a place")
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'TH' if teens else {1: 'ST', 2: 'ND', 3: 'RD'}.get(number % 10, 'TH')}"


def currency(cents: int | None) -> str:
    """`$185,000` from whole cents, rounded down; `$0` when absent.

    Raises:
        FormatError: negative: no prize or price is.
    """
    if cents is not None and cents < 0:
        raise FormatError(f"{cents} cents is not an amount to show")
    return f"${(cents or 0) // CENTS:,}"


def clean(text: str) -> str:
    """Composed characters, single spaces, none at the ends; the case stays as typed."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def upper(text: str, language: Language = "") -> str:
    """Upper case by the full Unicode mapping (`ß` gives `SS`), cleaned.

    `tr`: dotted and dotless i stay apart. Only for text known to be spelled in Turkish: an ASCII
    spelling of a Turkish name would be bent by it.
    """
    text = clean(text)
    if language == "tr":
        text = text.replace("i", "İ")
    return unicodedata.normalize("NFC", text.upper())


def name_forms(full: str, *, surname: str | None = None, language: Language = "") -> NameForms:
    """Every form of a name; `surname` is the known short name, else the last word of `full`.

    Raises:
        FormatError: the name is blank.
    """
    typed = clean(full)
    if not typed:
        raise FormatError("a blank name has no forms")
    last = upper(surname or "", language) or upper(typed.rsplit(" ", 1)[-1], language)
    initial = upper(next((char for char in typed if char.isalpha()), typed[0]), language)[0]
    return NameForms(
        full=upper(typed, language),
        initial_surname=f"{initial}.{last}",
        surname=last,
        as_typed=typed,
    )
