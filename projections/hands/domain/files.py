"""What the files of a game say, applied to the rows of its hands."""

import msgspec

from contracts.messages.gfx import HandFinalised, HandRestored, HandWithdrawn, SnapshotRead
from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.hands.domain.game import said, with_hand
from projections.hands.domain.hand import HandTold, ReadTold, hand_row, seat_rows
from projections.hands.domain.neighbours import following, hand_findings, looked_at, neighbours
from projections.hands.domain.rows import GameRow, HandRow, HandSeatRow


def known_game(rows: Rows, game_id: str) -> GameRow:
    """The row of a game; raises LookupError if it was never seen."""
    game = rows.get(GameRow, game_id)
    if game is None:
        raise LookupError(f"game {game_id} was never seen")
    return game


def known_hand(rows: Rows, game_id: str, ticks: int) -> HandRow:
    """The row of a hand; raises LookupError if it was never recorded."""
    hand = rows.get(HandRow, game_id, ticks)
    if hand is None:
        raise LookupError(f"game {game_id} has no hand {ticks}")
    return hand


def store_hand(event: HandTold, recorded: Recorded, rows: Rows, read: ReadTold) -> None:
    """Keep a told hand with its seats, and what follows from it here and in the next hand."""
    reading = read(event)
    game, ticks = known_game(rows, event.game_id), reading.held.ticks
    old = rows.get(HandRow, event.game_id, ticks)
    before, after = (
        None if each is None else known_hand(rows, event.game_id, each)
        for each in neighbours(game.start_ticks, ticks)
    )
    findings = hand_findings(event.game_id, before, reading.outline, after)
    hand = hand_row(recorded, reading, findings, old)
    rows.put(hand)
    if after:
        rows.put(following(after, reading.outline))
    elif before and before.unproven:
        rows.put(looked_at(before, last=False))
    seats = {row.seat: row for row in seat_rows(reading, recorded.sequence)}
    for seat in old.players if old else ():
        if seat.seat not in seats:
            rows.delete(HandSeatRow, event.game_id, ticks, seat.seat)
    for row in seats.values():
        rows.put(row)
    rows.put(said(with_hand(game, hand, old), recorded))


def finalise(event: HandFinalised, rows: Rows) -> None:
    """A quiet hand counts as over with the content it has; one that was followed says it itself."""
    game, ticks = known_game(rows, event.game_id), int(event.start_ticks)
    hand = known_hand(rows, event.game_id, ticks)
    if event.reason == "quiet" and event.digest == hand.digest:
        hand = msgspec.structs.replace(hand, quiet=True, unproven=False)
        rows.put(looked_at(hand, last=ticks == game.last_start_ticks))


def keep_absent(
    event: SnapshotRead | HandWithdrawn | HandRestored, recorded: Recorded, rows: Rows
) -> None:
    """Mark the known hands that the fullest file of the game lacks."""
    game = known_game(rows, event.game_id)
    match event:
        case SnapshotRead():
            absent = set(event.absent)
        case HandWithdrawn():
            absent = {*game.absent, event.start_ticks}
        case HandRestored():
            absent = {*game.absent} - {event.start_ticks}
    game = msgspec.structs.replace(game, absent=tuple(sorted(absent, key=int)))
    rows.put(said(game, recorded))
