"""Poker made the slow and plain way, to compare the library with; and hands for its tests."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any

from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.held import HeldHand, hold
from contracts.poker.seat_record import SeatRecord, seat_records
from contracts.poker.ticks import TICKS_PER_SECOND, ticks_to_utc
from deploy.simulate.options import GameOptions
from deploy.simulate.record import PlayedHand
from deploy.simulate.table import play
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.gfx_files import real_files, sha256

RANKS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "j", "q", "k", "a")
SUITS = "shdc"
DECK = tuple(rank + suit for rank in RANKS for suit in SUITS)
CREATED_TICKS = 640_700_000_000_000_000


def ranked(cards: Sequence[str]) -> tuple[int, ...]:
    """Category (1 best) as its negative, then what breaks ties: the best of every five cards."""
    return max(_five(five) for five in combinations(cards, 5))


def _five(cards: Sequence[str]) -> tuple[int, ...]:
    ranks = sorted((RANKS.index(card[:-1]) for card in cards), reverse=True)
    suited = len({card[-1] for card in cards}) == 1
    groups = sorted(Counter(ranks).items(), key=lambda each: (each[1], each[0]), reverse=True)
    shape = [count for _, count in groups]
    order = [rank for rank, count in groups for _ in range(count)]
    high = ranks[0] if ranks == list(range(ranks[0], ranks[0] - 5, -1)) else None
    if ranks == [12, 3, 2, 1, 0]:
        high = 3
    if high is not None:
        return ((-1 if high == 12 else -2) if suited else -6, high)
    if shape[0] >= 4:
        return (-3, *order)
    if shape == [3, 2]:
        return (-4, *order)
    if suited:
        return (-5, *ranks)
    return {3: -7, 2: -8 if shape == [2, 2, 1] else -9, 1: -10}[shape[0]], *order


def make_hand(seats: Iterable[Seat] = (), actions: Sequence[Action] = (), **fields: Any) -> Hand:
    """A hand; blinds 50/100, ante 100, seat 2 small, seat 3 big, button 9 unless given."""
    blinds = Blinds(
        small_blind=50,
        big_blind=100,
        ante=100,
        ante_type="BB_ANTE_BB1ST",
        button_seat=9,
        small_blind_seat=2,
        big_blind_seat=3,
    )
    start = fields.pop("start", 0)
    told: dict[str, Any] = {
        "hand_num": 1,
        "start_utc": ticks_to_utc(CREATED_TICKS + start),
        "start_ticks": str(CREATED_TICKS + start),
        "duration_ticks": 60 * TICKS_PER_SECOND,
        "blinds": blinds,
        "seats": tuple(seats),
        "actions": tuple(actions),
    }
    return Hand(**(told | fields))


def sit(seat: int, start: int, end: int | None = None, **fields: Any) -> Seat:
    """A seat; its end stack is its start unless given."""
    told: dict[str, Any] = {"name": f"Plover {seat}"}
    return Seat(
        seat=seat, start_stack=start, end_stack=start if end is None else end, **(told | fields)
    )


def acts(*texts: str) -> list[Action]:
    """Actions from texts such as `3 FOLD`, `2 BET 400`, `5 ALL IN 900` and cards such as `10d`."""
    actions = []
    for text in texts:
        words = text.split()
        if len(words) == 1:
            actions.append(Action(kind="BOARD CARD", card=text))
            continue
        told = words[-1].isdigit()
        amount = int(words[-1]) if told else 0
        kind = " ".join(words[1:-1] if told else words[1:])
        actions.append(Action(kind=kind, seat=int(words[0]), amount=amount))
    return actions


def held(hand: Hand, digest: str = "") -> HeldHand:
    """The hand as held; the digest is its start unless given."""
    return hold(hand, digest or f"digest of {hand.start_ticks}")


def records_of(hands: Iterable[HeldHand], **wanted: Any) -> list[SeatRecord]:
    """The seat records of a game's hands that have these values, e.g. `seat=4`."""
    return [
        record
        for each in hands
        for record in seat_records("640700000000000000", each)
        if all(getattr(record, name) == value for name, value in wanted.items())
    ]


def simulated(played: PlayedHand) -> Hand:
    """The record of a simulated hand, as a reader of its export would have it."""
    return Hand(
        hand_num=played.hand_num,
        start_utc=ticks_to_utc(CREATED_TICKS + played.start_ticks),
        start_ticks=str(CREATED_TICKS + played.start_ticks),
        duration_ticks=played.duration_ticks,
        blinds=_blinds(played),
        seats=tuple(
            Seat(
                seat=row.seat,
                name=row.name,
                long_name=row.long_name,
                start_stack=row.start_stack,
                end_stack=row.end_stack,
                sitting_out=row.sitting_out,
                hole_cards=tuple(row.hole.split()),
                cumulative_winnings=row.winnings,
                elimination_rank=row.elimination_rank,
            )
            for row in played.seats
        ),
        actions=tuple(
            Action(
                kind=each.kind.value,
                seat=each.seat,
                amount=each.amount,
                pot=each.pot,
                card=each.card,
            )
            for each in played.events
        ),
    )


def _blinds(played: PlayedHand) -> Blinds:
    blinds = played.blinds
    return Blinds(
        small_blind=blinds.small,
        big_blind=blinds.big,
        ante=blinds.ante,
        ante_type="BB_ANTE_BB1ST",
        button_seat=blinds.button_seat,
        small_blind_seat=blinds.small_seat,
        big_blind_seat=blinds.big_seat,
    )


def simulated_game(seed: int | str, options: GameOptions) -> list[tuple[PlayedHand, HeldHand]]:
    """The hands of one simulated game, each with what a reader of its record holds."""
    return [
        (played, hold(simulated(played), f"digest {seed} {played.ordinal}"))
        for played in play(seed, options)
    ]


@cache
def real_games() -> Mapping[str, Mapping[str, HeldHand]]:
    """Every real hand by game and start ticks, whatever snapshot told it last; skips if absent."""
    games: dict[str, dict[str, HeldHand]] = {}
    for path, data in real_files():
        snapshot = parse(data, Origin("river", path, sha256(data)))
        game = games.setdefault(snapshot.game_id, {})
        for told in snapshot.hands:
            if told.hand.start_ticks not in game:
                game[told.hand.start_ticks] = hold(told.hand, told.digest)
    return games


def real_game(game_id: str) -> list[HeldHand]:
    """The hands of one real game in order; the index is the ordinal."""
    return sorted(real_games()[game_id].values(), key=lambda each: each.ticks)
