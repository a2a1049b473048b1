"""What follows from the hands of one game, as one pure function of the hands held now.

It looks at each hand and at each pair of neighbours, by start ticks: whatever order files came in,
whatever was revised, the same hands give the same findings. Nothing crosses from one game to
another.
"""

from collections.abc import Iterable, Iterator

from contracts.poker.findings import (
    AllInDetected,
    BlindsChanged,
    Difference,
    Finding,
    HandTotalChanged,
    IdentitySeen,
    Level,
    PlayerBusted,
    SeatChanged,
    StackCorrected,
    TableTotalChanged,
)
from contracts.poker.hand import Hand, Seat
from contracts.poker.held import HeldHand, in_order
from contracts.poker.identity import player_hash
from contracts.poker.risk import risks

# The source's word for a player who is still in, or whose place it does not know.
NO_RANK = -1


def findings(game_id: str, hands: Iterable[HeldHand]) -> tuple[Finding, ...]:
    """Everything that follows from the hands of one game, given in any order.

    In the order of hands; within a hand: level, seats, stacks, identities, totals, all-ins (the
    shortest stack first), busts. Raises ValueError if two hands have the same start ticks.
    """
    ordered = in_order(hands)
    found: list[Finding] = []
    seen: set[str] = set()
    for before, held in zip((None, *ordered), ordered, strict=False):
        last = held is ordered[-1]
        if before:
            found += between_hands(game_id, before, held)
        found += _identities(game_id, held, seen)
        found += within_hand(game_id, held, open_record=last and is_open(held))
    return tuple(found)


def difference(old: Iterable[Finding], new: Iterable[Finding]) -> Difference:
    """Which findings a change of hands voids, and which it says; equal ones stay untouched."""
    before = {finding.name: finding for finding in old}
    after = {finding.name: finding for finding in new}
    return Difference(
        voided=tuple(each for name, each in before.items() if after.get(name) != each),
        said=tuple(each for name, each in after.items() if before.get(name) != each),
    )


def is_open(held: HeldHand) -> bool:
    """Whether the last hand of a game may still go on: not settled, and its file not quiet."""
    return held.figures.state != "settled" and not held.quiet


def between_hands(game_id: str, before: HeldHand, after: HeldHand) -> Iterator[Finding]:
    """Findings of two neighbouring hands: level, seats, typed stacks, total of the table."""
    start, digests = after.hand.start_ticks, (before.digest, after.digest)
    old_level, new_level = _level(before.hand), _level(after.hand)
    if old_level != new_level:
        yield BlindsChanged(
            game_id=game_id,
            start_ticks=start,
            seat=0,
            digests=digests,
            old=old_level,
            new=new_level,
        )
    yield from _seats_changed(game_id, before, after)
    yield from _stacks_corrected(game_id, before, after)
    ended = {(s.seat, s.name): s.end_stack for s in before.hand.seats if s.end_stack}
    began = {(s.seat, s.name): s.start_stack for s in after.hand.seats if s.start_stack}
    old_total, new_total = sum(ended.values()), sum(began.values())
    if ended.keys() == began.keys() and old_total != new_total:
        yield TableTotalChanged(
            game_id=game_id,
            start_ticks=start,
            seat=0,
            digests=digests,
            old_total=old_total,
            new_total=new_total,
        )


def within_hand(game_id: str, held: HeldHand, *, open_record: bool) -> Iterator[Finding]:
    """Findings of one hand: its total, who is all in, who went out (settled hands only)."""
    hand, digests = held.hand, (held.digest,)
    old_total = sum(seat.start_stack for seat in hand.seats)
    new_total = sum(seat.end_stack for seat in hand.seats)
    if old_total != new_total:
        yield HandTotalChanged(
            game_id=game_id,
            start_ticks=hand.start_ticks,
            seat=0,
            digests=digests,
            old_total=old_total,
            new_total=new_total,
        )
    yield from _all_ins(game_id, held, open_record=open_record)
    busted = held.figures.busted_seats if held.figures.state == "settled" else ()
    for seat in hand.seats:
        if seat.seat in busted:
            yield PlayerBusted(
                game_id=game_id,
                start_ticks=hand.start_ticks,
                seat=seat.seat,
                digests=digests,
                player=seat.name,
                player_hash=player_hash(seat.name, seat.long_name),
                start_stack=seat.start_stack,
                rank=None if seat.elimination_rank == NO_RANK else seat.elimination_rank,
            )


def _level(hand: Hand) -> Level:
    return Level(hand.blinds.small_blind, hand.blinds.big_blind, hand.blinds.ante)


def _by_seat(hand: Hand) -> dict[int, Seat]:
    return {seat.seat: seat for seat in hand.seats}


def _seats_changed(game_id: str, before: HeldHand, after: HeldHand) -> Iterator[Finding]:
    old, new = _by_seat(before.hand), _by_seat(after.hand)
    for seat in sorted(old.keys() | new.keys()):
        old_seat, new_seat = old.get(seat), new.get(seat)
        old_name = old_seat.name if old_seat else None
        new_name = new_seat.name if new_seat else None
        if old_name != new_name:
            yield SeatChanged(
                game_id=game_id,
                start_ticks=after.hand.start_ticks,
                seat=seat,
                digests=(before.digest, after.digest),
                old_player=old_name,
                new_player=new_name,
                chips=new_seat.start_stack if new_seat else None,
            )


def _stacks_corrected(game_id: str, before: HeldHand, after: HeldHand) -> Iterator[Finding]:
    old = _by_seat(before.hand)
    for seat in sorted(after.hand.seats, key=lambda each: each.seat):
        was = old.get(seat.seat)
        if was and was.name == seat.name and was.end_stack != seat.start_stack:
            yield StackCorrected(
                game_id=game_id,
                start_ticks=after.hand.start_ticks,
                seat=seat.seat,
                digests=(before.digest, after.digest),
                player=seat.name,
                old_chips=was.end_stack,
                new_chips=seat.start_stack,
                state=before.figures.state,
            )


def _identities(game_id: str, held: HeldHand, seen: set[str]) -> Iterator[Finding]:
    for seat in held.hand.seats:
        identity = player_hash(seat.name, seat.long_name)
        if identity not in seen:
            seen.add(identity)
            yield IdentitySeen(
                game_id=game_id,
                start_ticks=held.hand.start_ticks,
                seat=seat.seat,
                digests=(held.digest,),
                player_hash=identity,
                player=seat.name,
                long_name=seat.long_name,
            )


def _all_ins(game_id: str, held: HeldHand, *, open_record: bool) -> Iterator[Finding]:
    seats = _by_seat(held.hand)
    for risk in risks(held.hand, held.figures, open_record=open_record):
        seat = seats[risk.seat]
        yield AllInDetected(
            game_id=game_id,
            start_ticks=held.hand.start_ticks,
            seat=risk.seat,
            digests=(held.digest,),
            player=seat.name,
            player_hash=player_hash(seat.name, seat.long_name),
            start_stack=risk.start_stack,
            all_in=risk.all_in,
            covered=risk.covered,
            at_risk=risk.at_risk,
            to_call=risk.to_call,
            live_players=len(held.figures.live_seats),
            hand_over=not open_record,
        )
