"""An advisory check of one hand record against the rules of no-limit hold'em.

It never changes a figure: a slip of an operator stays in the record and on air, and somebody is
told. Judged are the listing of seats, every action in its order, and the result.
"""

from typing import Literal

import msgspec

from contracts.poker.awards import expected_awards
from contracts.poker.betting import KINDS, Betting
from contracts.poker.cards import duplicate_cards
from contracts.poker.hand import Hand
from contracts.poker.identity import player_hash
from contracts.poker.replay import FOLD, Replay

ANTE_TYPES = frozenset({"BB_ANTE_BB1ST"})
PLAYERS_MIN = 2


class Legality(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the check.

    `ok`: legal, and the result, if there is one, is what the rules award. `differs`: the figures
    are not what the rules make of the actions and cards. `not_legal`: a rule is broken, first by
    action `action` (index in the record). `unsupported`: it cannot be judged. `code` is one word;
    `seat` and `amount` (chips) say where and by how much, `amount` positive for too much.
    """

    verdict: Literal["ok", "differs", "not_legal", "unsupported"]
    code: str = ""
    seat: int | None = None
    amount: int = 0
    action: int | None = None


OK = Legality(verdict="ok")


def check(hand: Hand, figures: Replay) -> Legality:
    """Check a hand; `figures` is its replay. An unfinished hand is checked as far as it came."""
    return (
        _unsupported(hand)
        or _listing(hand)
        or _pots_stated(figures)
        or _actions(hand, figures)
        or _result(hand, figures)
        or OK
    )


def _unsupported(hand: Hand) -> Legality | None:
    blinds = hand.blinds
    dealt = {seat.seat for seat in hand.seats if seat.dealt_in}
    code = ""
    if hand.variant != "HOLDEM":
        code = "variant"
    elif hand.bet_structure != "NOLIMIT":
        code = "bet_structure"
    elif blinds.ante and blinds.ante_type not in ANTE_TYPES:
        code = "ante_type"
    elif any(action.kind not in KINDS for action in hand.actions):
        code = "action_kind"
    elif len(dealt) < PLAYERS_MIN:
        code = "too_few_players"
    elif blinds.big_blind_seat not in dealt:
        code = "no_big_blind"
    return Legality(verdict="unsupported", code=code) if code else None


def _listing(hand: Hand) -> Legality | None:
    """One player per seat and one seat per player."""
    seats: set[int] = set()
    for listed in hand.seats:
        if listed.seat in seats:
            return Legality(verdict="not_legal", code="seat_listed_twice", seat=listed.seat)
        seats.add(listed.seat)
    players: set[str] = set()
    for listed in hand.seats:
        if listed.dealt_in:
            identity = player_hash(listed.name, listed.long_name)
            if identity in players:
                return Legality(verdict="not_legal", code="player_on_two_seats", seat=listed.seat)
            players.add(identity)
    return None


def _pots_stated(figures: Replay) -> Legality | None:
    if figures.pot_mismatches:
        return Legality(verdict="differs", code="pot_stated")
    return None


def _actions(hand: Hand, figures: Replay) -> Legality | None:
    betting = Betting(hand)
    for index, action in enumerate(hand.actions):
        illegal = betting.play(action)
        if illegal:
            return Legality(
                verdict="not_legal",
                code=illegal.code,
                seat=illegal.seat,
                amount=illegal.amount,
                action=index,
            )
    if figures.state == "settled" and not betting.finished:
        return Legality(verdict="differs", code="ended_early", seat=betting.waits_for())
    return None


def _result(hand: Hand, figures: Replay) -> Legality | None:
    """Whether the end stacks are what the pots and cards make of the start stacks."""
    gained = sum(seat.end_stack - seat.start_stack for seat in hand.seats)
    if gained:
        return Legality(verdict="differs", code="chips_not_conserved", amount=gained)
    if figures.state == "edited":
        return _unexplained(hand, figures)
    return _awarded(hand, figures) if figures.state == "settled" else None


def _unexplained(hand: Hand, figures: Replay) -> Legality:
    """The first seat whose stack cannot have come about: it lost too much, or folded and won."""
    folded = {action.seat for action in hand.actions if action.kind == FOLD}
    for seat in hand.seats:
        taken = seat.end_stack - seat.start_stack + figures.contributions[seat.seat]
        if taken < 0 or (taken and seat.seat in folded):
            return Legality(
                verdict="differs", code="stack_unexplained", seat=seat.seat, amount=taken
            )
    return Legality(verdict="differs", code="stack_unexplained")


def _awarded(hand: Hand, figures: Replay) -> Legality | None:
    if figures.showdown and duplicate_cards(hand):
        return Legality(verdict="unsupported", code="duplicate_cards")
    awards = expected_awards(hand, figures)
    if awards is None:
        return Legality(verdict="unsupported", code="unread_cards")
    excess = {
        seat: figures.collected.get(seat, 0) - awards.chips.get(seat, 0)
        for seat in figures.dealt_seats
    }
    seat = max(excess, key=lambda each: excess[each])
    if excess[seat] > awards.tolerance:
        return Legality(verdict="differs", code="award", seat=seat, amount=excess[seat])
    return None
