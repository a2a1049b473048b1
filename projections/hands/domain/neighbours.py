"""What follows between neighbouring hands of a game, from what their rows hold."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from contracts.poker.findings import Finding, Level
from contracts.poker.game import between_hands, within_hand
from contracts.poker.outline import HandOutline
from projections.hands.domain.rows import HandFindings, HandRow, ShownFinding


def neighbours(start_ticks: Sequence[int], ticks: int) -> tuple[int | None, int | None]:
    """The hands before and after one, which may be among these or not yet."""
    place = bisect_left(start_ticks, ticks)
    there = place < len(start_ticks) and start_ticks[place] == ticks
    later = start_ticks[place + there :]
    return start_ticks[place - 1] if place else None, later[0] if later else None


def outline_of(row: HandRow) -> HandOutline:
    """The outline of the hand that a row holds."""
    return HandOutline(
        start_ticks=str(row.start_ticks),
        digest=row.digest,
        state=row.state,
        unproven=row.unproven,
        level=Level(row.small_blind, row.big_blind, row.ante),
        seats=row.players,
        live_players=row.live_players,
        busted_seats=row.busted,
        risks=row.risks,
    )


def hand_findings(
    game_id: str, before: HandRow | None, hand: HandOutline, after: HandRow | None
) -> HandFindings:
    """What follows from a hand that stands between these two."""
    return HandFindings(
        between=_shown(between_hands(game_id, outline_of(before), hand)) if before else (),
        within=_shown(within_hand(game_id, hand, last=after is None)),
    )


def following(row: HandRow, before: HandOutline) -> HandRow:
    """A row whose hand now follows another one than before, or one that was revised."""
    between = _shown(between_hands(row.game_id, before, outline_of(row)))
    return _with(row, msgspec.structs.replace(row.findings, between=between))


def looked_at(row: HandRow, *, last: bool) -> HandRow:
    """A row whose hand is, or is no longer, the last one of its game."""
    within = _shown(within_hand(row.game_id, outline_of(row), last=last))
    return _with(row, msgspec.structs.replace(row.findings, within=within))


def _with(row: HandRow, findings: HandFindings) -> HandRow:
    if findings == row.findings:
        return row
    return msgspec.structs.replace(row, findings=findings)


def _shown(findings: Iterable[Finding]) -> tuple[ShownFinding, ...]:
    return tuple(
        ShownFinding(kind=each.KIND, seat=each.seat, name=each.who, detail=each.detail)
        for each in findings
    )
