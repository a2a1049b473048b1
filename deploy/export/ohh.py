"""Open Hand History (OHH): one JSON object per hand, a blank line between two.

The fields are those of the specification 1.4.6 at hh-specs.handhistory.org. An amount is what an
action added, not a total; the pot holds what was called, and each winner's exact share of all side
pots. A hand that is not settled has no winner. What the format has no word for stands beside
`ohh`, in keys that begin with an underscore; at a showdown every live hand with known cards is
told as shown, because the record does not say who mucked.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from contracts.poker.replay import Street
from deploy.export.record import HandRecord, Unexportable
from deploy.export.story import UNKNOWN_CARD, Deal, Move, Story, tell

SPEC_VERSION = "1.4.6"
# Counts up whenever these files change.
INTERNAL_VERSION = "1.4.0"
SITE = "railcast"
# PokerGFX numbers the seats of every table from 1 to 10.
TABLE_SEATS = 10
_STREETS: dict[Street, str] = {
    "preflop": "Preflop",
    "flop": "Flop",
    "turn": "Turn",
    "river": "River",
}

type Json = dict[str, Any]


class OhhWriter:
    """Hands as one .ohh file, in the order they come."""

    def __init__(self, stream: BinaryIO) -> None:
        """`stream` stays open: who opened it closes it."""
        self._stream = stream
        self._begun = False

    def add(self, record: HandRecord) -> None:
        """Write one hand; raises Unexportable and writes nothing where it cannot be told."""
        text = json.dumps(hand_object(record), ensure_ascii=False, separators=(",", ":"))
        self._stream.write(("\n" if self._begun else "").encode() + text.encode() + b"\n")
        self._begun = True

    def close(self) -> None:
        """Nothing is held back."""


def hand_object(record: HandRecord) -> Json:
    """One hand as the object of the specification, and our own keys; raises Unexportable."""
    hand, story = record.hand, tell(record.hand)
    blinds = hand.blinds
    ohh: Json = {
        "spec_version": SPEC_VERSION,
        "site_name": SITE,
        "network_name": SITE,
        "internal_version": INTERNAL_VERSION,
        "tournament": True,
        "game_number": f"{record.game_id}-{hand.start_ticks}",
        "start_date_utc": f"{hand.start_utc[:19]}Z",
        "table_name": record.table,
        "game_type": "Holdem",
        "bet_limit": {"bet_type": "NL", "bet_cap": 0},
        "table_size": TABLE_SEATS,
        "currency": "Chips",
        "dealer_seat": blinds.button_seat,
        "small_blind_amount": blinds.small_blind,
        "big_blind_amount": blinds.big_blind,
        "ante_amount": blinds.ante,
        "hero_player_id": None,
        "flags": ["Observed"],
        "players": _players(story),
        "rounds": _rounds(story),
        "pots": [_pot(story)],
    }
    return {"ohh": ohh} | _own(record, story)


def _own(record: HandRecord, story: Story) -> Json:
    return {
        "_state": story.figures.state,
        "_ordinal": record.ordinal,
        "_hand_num": record.hand.hand_num,
        "_duration_ticks": record.hand.duration_ticks,
        "_duplicate_cards": list(story.duplicate_cards),
        "_absent": record.absent,
        "_incomplete": record.incomplete,
    }


def _players(story: Story) -> list[Json]:
    """A seat is a player's id. Readers know people by name, so no name may stand twice."""
    seats = sorted(story.players, key=lambda each: each.seat)
    names = {seat.seat: seat.long_name or seat.name for seat in seats}
    times = Counter(names.values())
    return [
        {
            "id": seat.seat,
            "seat": seat.seat,
            "name": name if times[name] == 1 else f"{name} (seat {seat.seat})",
            "display": name,
            "starting_stack": seat.start_stack,
            "player_bounty": 0,
            "is_sitting_out": False,
        }
        for seat in seats
        for name in [names[seat.seat]]
    ]


def _rounds(story: Story) -> list[Json]:
    rounds = [_round(0, "Preflop")]
    actions = [*_posts(story), *_dealt(story)]
    for step in story.steps:
        if isinstance(step, Deal):
            rounds[-1]["actions"] = actions
            actions = []
            if UNKNOWN_CARD in step.cards:
                raise Unexportable(f"a card of the {step.street} was not read")
            rounds.append(_round(len(rounds), _STREETS[step.street], step.cards))
        else:
            actions.append(_action(step))
    rounds[-1]["actions"] = actions
    if story.figures.showdown:
        rounds.append(_round(len(rounds), "Showdown"))
        rounds[-1]["actions"] = list(_shown(story))
    _number(rounds)
    return rounds


def _round(number: int, street: str, cards: tuple[str, ...] = ()) -> Json:
    return {"id": number, "street": street, "cards": list(cards), "actions": []}


def _number(rounds: list[Json]) -> None:
    actions = (action for each in rounds for action in each["actions"])
    for number, action in enumerate(actions, 1):
        action["action_number"] = number


def _posts(story: Story) -> Iterator[Json]:
    posts = (
        ("Post SB", story.small_blind),
        ("Post BB", story.big_blind),
        ("Post Ante", story.ante),
    )
    left = {seat.seat: seat.start_stack for seat in story.players}
    for name, post in posts:
        if post is not None:
            seat, chips = post
            left[seat] -= chips
            yield _told(seat, name) | {"amount": chips, "is_allin": left[seat] == 0}


def _dealt(story: Story) -> Iterator[Json]:
    for seat, cards in story.hole.items():
        if UNKNOWN_CARD not in cards:
            yield _told(seat, "Dealt Cards") | {"cards": list(cards)}


def _shown(story: Story) -> Iterator[Json]:
    for seat, cards in story.hole.items():
        if seat in story.figures.live_seats and UNKNOWN_CARD not in cards:
            yield _told(seat, "Shows Cards") | {"cards": list(cards)}


def _action(move: Move) -> Json:
    if move.verb != "chips":
        return _told(move.seat, move.verb.capitalize())
    # Before the flop the big blind lies there already, so nobody bets: the specification agrees.
    opened = "Raise" if move.level else "Bet"
    name = "Call" if move.total <= move.level else opened
    return _told(move.seat, name) | {"amount": move.total - move.put, "is_allin": move.all_in}


def _told(seat: int, name: str) -> Json:
    return {"action_number": 0, "player_id": seat, "action": name}


def _pot(story: Story) -> Json:
    figures = story.figures
    if figures.over_award:
        raise Unexportable("one winner was given more than the pot it could win")
    wins = [{"player_id": seat, "win_amount": won} for seat, won in figures.collected.items()]
    return {"number": 0, "amount": figures.pot_called, "rake": 0, "player_wins": wins}
