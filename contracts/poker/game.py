"""What follows from the hands of one game, as one pure function of the hands held now.

It looks at each hand and at each pair of neighbours, by start ticks: whatever order files came in,
whatever was revised, the same hands give the same findings. Nothing crosses from one game to
another.
"""

from collections.abc import Iterable, Iterator

from contracts.poker.findings import (
    AllIn,
    Bust,
    Difference,
    Finding,
    FirstSight,
    HandTotalChange,
    LevelChange,
    SeatChange,
    StackCorrection,
    TableTotalChange,
)
from contracts.poker.held import HeldHand, in_order
from contracts.poker.identity import player_hash
from contracts.poker.outline import HandOutline, outline

# The source's word for a player who is still in, or whose place it does not know.
NO_RANK = -1


def findings(game_id: str, hands: Iterable[HeldHand]) -> tuple[Finding, ...]:
    """Everything that follows from the hands of one game, given in any order.

    In the order of hands; within a hand: level, seats, stacks, identities, totals, all-ins (the
    shortest stack first), busts. Raises ValueError if two hands have the same start ticks.
    """
    ordered = [outline(held) for held in in_order(hands)]
    found: list[Finding] = []
    seen: set[str] = set()
    for before, hand in zip((None, *ordered), ordered, strict=False):
        if before:
            found += between_hands(game_id, before, hand)
        found += _identities(game_id, hand, seen)
        found += within_hand(game_id, hand, last=hand is ordered[-1])
    return tuple(found)


def difference(old: Iterable[Finding], new: Iterable[Finding]) -> Difference:
    """Which findings a change of hands voids, and which it says; equal ones stay untouched."""
    before = {finding.name: finding for finding in old}
    after = {finding.name: finding for finding in new}
    return Difference(
        voided=tuple(each for name, each in before.items() if after.get(name) != each),
        said=tuple(each for name, each in after.items() if before.get(name) != each),
    )


def between_hands(game_id: str, before: HandOutline, after: HandOutline) -> Iterator[Finding]:
    """Findings of two neighbouring hands: level, seats, typed stacks, total of the table."""
    start, digests = after.start_ticks, (before.digest, after.digest)
    if before.level != after.level:
        yield LevelChange(
            game_id=game_id,
            start_ticks=start,
            seat=0,
            digests=digests,
            old=before.level,
            new=after.level,
        )
    yield from _seats_changed(game_id, before, after)
    yield from _stacks_corrected(game_id, before, after)
    ended = {(s.seat, s.name): s.end_stack for s in before.seats if s.end_stack}
    began = {(s.seat, s.name): s.start_stack for s in after.seats if s.start_stack}
    old_total, new_total = sum(ended.values()), sum(began.values())
    if ended.keys() == began.keys() and old_total != new_total:
        yield TableTotalChange(
            game_id=game_id,
            start_ticks=start,
            seat=0,
            digests=digests,
            old_total=old_total,
            new_total=new_total,
        )


def within_hand(game_id: str, hand: HandOutline, *, last: bool) -> Iterator[Finding]:
    """Findings of one hand: its total, who is all in, who went out (settled hands only).

    `last` says that it is the last one of its game, so that its record may still be open.
    """
    old_total = sum(seat.start_stack for seat in hand.seats)
    new_total = sum(seat.end_stack for seat in hand.seats)
    if old_total != new_total:
        yield HandTotalChange(
            game_id=game_id,
            start_ticks=hand.start_ticks,
            seat=0,
            digests=(hand.digest,),
            old_total=old_total,
            new_total=new_total,
        )
    yield from _all_ins(game_id, hand, open_record=last and hand.unproven)
    if hand.state == "settled":
        yield from _busts(game_id, hand)


def _seats_changed(game_id: str, before: HandOutline, after: HandOutline) -> Iterator[Finding]:
    old, new = ({seat.seat: seat for seat in hand.seats} for hand in (before, after))
    for seat in sorted(old.keys() | new.keys()):
        old_seat, new_seat = old.get(seat), new.get(seat)
        old_name = old_seat.name if old_seat else None
        new_name = new_seat.name if new_seat else None
        if old_name != new_name:
            yield SeatChange(
                game_id=game_id,
                start_ticks=after.start_ticks,
                seat=seat,
                digests=(before.digest, after.digest),
                old_player=old_name,
                new_player=new_name,
                chips=new_seat.start_stack if new_seat else None,
            )


def _stacks_corrected(game_id: str, before: HandOutline, after: HandOutline) -> Iterator[Finding]:
    old = {seat.seat: seat for seat in before.seats}
    for seat in after.seats:
        was = old.get(seat.seat)
        if was and was.name == seat.name and was.end_stack != seat.start_stack:
            yield StackCorrection(
                game_id=game_id,
                start_ticks=after.start_ticks,
                seat=seat.seat,
                digests=(before.digest, after.digest),
                player=seat.name,
                old_chips=was.end_stack,
                new_chips=seat.start_stack,
                state=before.state,
            )


def _identities(game_id: str, hand: HandOutline, seen: set[str]) -> Iterator[Finding]:
    for seat in hand.seats:
        identity = player_hash(seat.name, seat.long_name)
        if identity not in seen:
            seen.add(identity)
            yield FirstSight(
                game_id=game_id,
                start_ticks=hand.start_ticks,
                seat=seat.seat,
                digests=(hand.digest,),
                player_hash=identity,
                player=seat.name,
                long_name=seat.long_name,
            )


def _all_ins(game_id: str, hand: HandOutline, *, open_record: bool) -> Iterator[Finding]:
    seats = {seat.seat: seat for seat in hand.seats}
    for risk in hand.risks:
        if risk.to_call and not open_record:
            continue  # it was never answered, and no longer can be
        seat = seats[risk.seat]
        yield AllIn(
            game_id=game_id,
            start_ticks=hand.start_ticks,
            seat=risk.seat,
            digests=(hand.digest,),
            player=seat.name,
            player_hash=player_hash(seat.name, seat.long_name),
            start_stack=risk.start_stack,
            all_in=risk.all_in,
            covered=risk.covered,
            at_risk=risk.at_risk,
            to_call=risk.to_call,
            live_players=hand.live_players,
            hand_over=not open_record,
        )


def _busts(game_id: str, hand: HandOutline) -> Iterator[Finding]:
    for seat in hand.seats:
        if seat.seat in hand.busted_seats:
            yield Bust(
                game_id=game_id,
                start_ticks=hand.start_ticks,
                seat=seat.seat,
                digests=(hand.digest,),
                player=seat.name,
                player_hash=player_hash(seat.name, seat.long_name),
                start_stack=seat.start_stack,
                rank=None if seat.elimination_rank == NO_RANK else seat.elimination_rank,
            )
