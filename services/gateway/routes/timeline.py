"""One hand told in full: board by street, actions with the pot, best hands, winners. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from pydantic import BaseModel, Field

from contracts.poker.cards import rank_category
from contracts.poker.grading import Letter
from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.replay import BOARD_CARD, CHIP_ACTIONS, Replay, Street, replay
from contracts.poker.verdict import seat_values
from services.gateway.routes import hand_models, seat_models
from services.gateway.routes.hand_models import Seconds

type Row = dict[str, Any]

RANK_NAMES: Final[Mapping[int, str]] = {
    1: "royal flush",
    2: "straight flush",
    3: "four of a kind",
    4: "full house",
    5: "flush",
    6: "straight",
    7: "three of a kind",
    8: "two pair",
    9: "one pair",
    10: "high card",
}


class Board(BaseModel):
    """Board cards by the street they opened."""

    flop: list[str]
    turn: list[str]
    river: list[str]


class Step(BaseModel):
    """One entry of the source's list as it is shown.

    `display` is BET, RAISE TO, CALL, CHECK, FOLD, ALL IN BET, ALL IN RAISE, ALL IN CALL or BOARD
    CARD, for a kind that is none of these the source's word. `amount` is the seat's total for the
    street, `added` what the action put in.
    """

    index: int
    street: Street
    seat: int | None
    name: str | None
    kind: str
    display: str
    card: str | None
    amount: int
    added: int
    pot_before: int
    pot_after: int


class BestHand(BaseModel):
    """The best five cards of a seat with the board; rank 1 is a royal flush, 10 a high card."""

    rank: int
    name: str


class SeatOfHand(seat_models.Seat):
    """A seat with its best hand: from the flop on, for live seats with two readable cards."""

    best_hand: BestHand | None
    best_at_showdown: bool


class Winner(BaseModel):
    """Who took how many chips out of the pot, without what nobody called."""

    seat: int
    name: str
    person_id: str
    person_name: str
    collected: int


class Grading(BaseModel):
    """The grade that counts beside the automatic and the manual one, and its conditions."""

    grade: Letter
    graded_by: Literal["auto", "manual"]
    automatic: Letter = Field(validation_alias="grade_auto")
    manual: Letter | None = Field(validation_alias="grade_manual")
    rules: str = Field(validation_alias="grade_rules")
    premium_hand: bool
    long_play: bool
    board_combo: bool
    eligible: bool
    edit_start_seconds: Seconds = Field(validation_alias="edit_start_ms")


class HandPage(hand_models.Hand):
    """One hand in full. Winners are known of a settled hand only (`winners_known`)."""

    board_by_street: Board
    timeline: list[Step]
    seats: list[SeatOfHand]
    winners_known: bool
    winners: list[Winner]
    findings: list[hand_models.Finding]
    grading: Grading
    previous_ordinal: int | None
    next_ordinal: int | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that tell one hand; `hands` counts those of its game."""

    hand: Row
    seats: Sequence[Row]
    findings: Sequence[Row]
    hands: int


def page(told: Told) -> Row:
    """The rows of one hand as a `HandPage`."""
    row = told.hand
    hand = hand_of(row)
    figures = replay(hand)
    ordinal = row["ordinal"]
    return row | {
        "board_by_street": _board(hand, figures),
        "timeline": list(steps(hand, figures)),
        "seats": _seats(told, hand),
        "winners_known": row["state"] == "settled",
        "winners": _winners(told),
        "findings": told.findings,
        "grading": row,
        "previous_ordinal": ordinal - 1 if ordinal else None,
        "next_ordinal": ordinal + 1 if ordinal + 1 < told.hands else None,
    }


def hand_of(row: Mapping[str, Any]) -> Hand:
    """The record that a row of `views.hands` was made of."""
    return Hand(
        hand_num=row["hand_num"],
        start_utc=row["start_utc"],
        start_ticks=str(row["start_ticks"]),
        duration_ticks=row["duration_ticks"],
        variant=row["variant"],
        bet_structure=row["bet_structure"],
        blinds=Blinds(**{name: row[name] for name in Blinds.__struct_fields__}),
        seats=msgspec.convert(row["players"], tuple[Seat, ...]),
        actions=msgspec.convert(row["actions"], tuple[Action, ...]),
    )


def steps(hand: Hand, figures: Replay) -> Iterator[Step]:
    """The actions in their order, each with the pot before and after it."""
    names = {seat.seat: seat.name for seat in hand.seats}
    after = (*figures.pots[1:], figures.pot_total)
    # A short blind does not lower what the others have to call.
    highest, now = hand.blinds.big_blind, "preflop"
    for index, (action, street) in enumerate(zip(hand.actions, figures.streets, strict=True)):
        if street != now:
            highest, now = 0, street
        before = figures.pots[index]
        on_board = action.kind == BOARD_CARD
        yield Step(
            index=index,
            street=street,
            seat=None if on_board else action.seat,
            name=None if on_board else names.get(action.seat),
            kind=action.kind,
            display=_display(action, highest),
            card=action.card,
            amount=action.amount,
            added=after[index] - before,
            pot_before=before,
            pot_after=after[index],
        )
        if action.kind in CHIP_ACTIONS:
            highest = max(highest, action.amount)


def _display(action: Action, highest: int) -> str:
    if action.kind == "BET":
        return "RAISE TO" if highest else "BET"
    if action.kind == "ALL IN":
        if action.amount <= highest:
            return "ALL IN CALL"
        return "ALL IN RAISE" if highest else "ALL IN BET"
    return action.kind


def _board(hand: Hand, figures: Replay) -> Board:
    cards: dict[Street, list[str]] = {"flop": [], "turn": [], "river": []}
    for action, street in zip(hand.actions, figures.streets, strict=True):
        if action.kind == BOARD_CARD and action.card:
            cards[street].append(action.card)
    return Board(flop=cards["flop"], turn=cards["turn"], river=cards["river"])


def _seats(told: Told, hand: Hand) -> list[Row]:
    values = seat_values(hand, [seat["seat"] for seat in told.seats if seat["live"]])
    best = told.hand["showdown_best_seats"]
    return [
        seat
        | {
            "best_hand": _best(values.get(seat["seat"])),
            "best_at_showdown": seat["seat"] in best,
        }
        for seat in told.seats
    ]


def _best(value: int | None) -> BestHand | None:
    if value is None:
        return None
    rank = rank_category(value)
    return BestHand(rank=rank, name=RANK_NAMES[rank])


def _winners(told: Told) -> list[Row]:
    by_seat = {seat["seat"]: seat for seat in told.seats}
    collected = {int(seat): chips for seat, chips in told.hand["collected"].items()}
    return [
        by_seat[seat] | {"collected": chips}
        for seat, chips in sorted(collected.items(), key=lambda each: (-each[1], each[0]))
        if chips > 0
    ]
