"""Grades: how much a finished hand is worth to the cutting room, by a versioned set of rules.

Three conditions (a premium hand, a long play, a strong board) give a letter. A grade is a pure
function of the hand and the rules, so grading again with other rules is a replay. Times are
integers (ticks of 100 ns, milliseconds): no float rounds an edit point.
"""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.poker.cards import FULL_HOUSE, HIGH_CARD, ROYAL_FLUSH, THREE_OF_A_KIND
from contracts.poker.held import HeldHand
from contracts.poker.ticks import TICKS_PER_SECOND
from contracts.poker.verdict import Verdict, best_rank

type Letter = Literal["A", "B", "C"]
type _Rank = Annotated[int, Meta(ge=ROYAL_FLUSH, le=HIGH_CARD)]
type _Percent = Annotated[int, Meta(ge=0, le=100)]
# Two days: no hand is that long, so the largest value means never.
type _Ticks = Annotated[int, Meta(ge=0, le=2 * 86_400 * TICKS_PER_SECOND)]

# Digits of a digest that tell rules apart, in names of rules and of tables.
DIGEST_DIGITS = 8

_TICKS_PER_MS = TICKS_PER_SECOND // 1_000


class EditRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a cut of a hand is suggested to begin; a premium hand is kept from its start.

    Over `late_over_ticks` it begins at `late_percent` of the duration; else over
    `middle_over_ticks` at one part in `middle_parts`, at most `middle_ticks_max`; else at 0.
    """

    late_over_ticks: _Ticks = 180 * TICKS_PER_SECOND
    late_percent: _Percent = 40
    middle_over_ticks: _Ticks = 60 * TICKS_PER_SECOND
    middle_parts: Annotated[int, Meta(ge=1, le=100)] = 3
    middle_ticks_max: _Ticks = 30 * TICKS_PER_SECOND


class GradeRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the rules; ranks are categories from 1 (royal flush) to 10 (high card).

    `premium_of` says whose cards make a premium hand: the best `showdown` hand, any `live` hand or
    any `dealt` hand from the flop on. `combo_of` says what makes a strong board: the `board` alone
    or the best `showdown` hand. `letters` are by conditions met, from 0 to 3.
    """

    version: Annotated[str, Meta(min_length=1, max_length=64)] = "1"
    premium_of: Literal["showdown", "live", "dealt"] = "showdown"
    premium_rank_max: _Rank = FULL_HOUSE
    long_play_ticks: _Ticks = 120 * TICKS_PER_SECOND
    combo_of: Literal["board", "showdown"] = "board"
    combo_rank_max: _Rank = THREE_OF_A_KIND
    letters: tuple[Letter, Letter, Letter, Letter] = ("C", "C", "B", "A")
    eligible_letters: frozenset[Letter] = frozenset({"A", "B"})
    confidence_percent: _Percent = 80
    confidence_percent_else: _Percent = 40
    edit: EditRules = EditRules()

    @property
    def digest(self) -> str:
        """The first digits of a SHA-256 of everything the rules say."""
        said = msgspec.json.encode(self, order="sorted")
        return hashlib.sha256(said).hexdigest()[:DIGEST_DIGITS]


RULES = GradeRules()


class BadRules(ValueError):
    """A text is no set of grading rules."""


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """The grade of one hand by one version of the rules.

    `edit_start_ms` counts from the start of the hand. `eligible` says fit for broadcast,
    `confidence_percent` how sure the edit suggestion is held to be.
    """

    rules: str
    letter: Letter
    premium_hand: bool
    long_play: bool
    board_combo: bool
    eligible: bool
    edit_start_ms: int
    confidence_percent: int


class ShownGrade(msgspec.Struct, frozen=True, kw_only=True):
    """The letter that counts, beside both it was chosen from; `manual` None = none is in force."""

    letter: Letter
    eligible: bool
    graded_by: Literal["auto", "manual"]
    automatic: Letter
    manual: Letter | None


def parse_rules(toml: str) -> GradeRules:
    """Rules from TOML with the fields of GradeRules; what it does not say is as built in.

    Rules that differ from the built-in ones but keep the name of their version are called by their
    digest. Raises BadRules with the place of an unknown key, a wrong type or a value out of range.
    """
    try:
        rules = msgspec.toml.decode(toml, type=GradeRules)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadRules(f"the grading rules cannot be used: {error}") from error
    if rules != RULES and rules.version == RULES.version:
        return msgspec.structs.replace(rules, version=rules.digest)
    return rules


def grade_hand(held: HeldHand, verdict: Verdict, rules: GradeRules = RULES) -> Grade:
    """The grade of a hand in any state; a rank that does not exist meets no condition."""
    hand = held.hand
    premium = _within(_premium_rank(held, verdict, rules), rules.premium_rank_max)
    long_play = hand.duration_ticks >= rules.long_play_ticks
    combo_rank = verdict.board_rank if rules.combo_of == "board" else verdict.showdown_rank
    combo = _within(combo_rank, rules.combo_rank_max)
    letter = rules.letters[premium + long_play + combo]
    eligible = letter in rules.eligible_letters
    return Grade(
        rules=rules.version,
        letter=letter,
        premium_hand=premium,
        long_play=long_play,
        board_combo=combo,
        eligible=eligible,
        edit_start_ms=0 if premium else _edit_start_ms(hand.duration_ticks, rules.edit),
        confidence_percent=rules.confidence_percent if eligible else rules.confidence_percent_else,
    )


def shown_grade(
    automatic: Letter, said: Sequence[Letter | None], rules: GradeRules = RULES
) -> ShownGrade:
    """What counts after people spoke: `said` are their letters in order, None withdraws.

    The last word holds: a manual letter wins until it is withdrawn, then the automatic one counts
    again.
    """
    manual = said[-1] if said else None
    letter = manual or automatic
    return ShownGrade(
        letter=letter,
        eligible=letter in rules.eligible_letters,
        graded_by="manual" if manual else "auto",
        automatic=automatic,
        manual=manual,
    )


def _premium_rank(held: HeldHand, verdict: Verdict, rules: GradeRules) -> int | None:
    if rules.premium_of == "showdown":
        return verdict.showdown_rank
    figures = held.figures
    seats = figures.live_seats if rules.premium_of == "live" else figures.dealt_seats
    return best_rank(held.hand, seats)


def _within(rank: int | None, most: int) -> bool:
    return rank is not None and rank <= most


def _edit_start_ms(ticks: int, rules: EditRules) -> int:
    if ticks > rules.late_over_ticks:
        return _half_up(ticks * rules.late_percent, 100 * _TICKS_PER_MS)
    if ticks > rules.middle_over_ticks:
        most = _half_up(rules.middle_ticks_max, _TICKS_PER_MS)
        return min(most, _half_up(ticks, rules.middle_parts * _TICKS_PER_MS))
    return 0


def _half_up(dividend: int, divisor: int) -> int:
    """The nearest integer of a quotient of positive numbers; exactly one half goes up."""
    return (2 * dividend + divisor) // (2 * divisor)
