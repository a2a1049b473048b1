"""Whether a PC's clock runs in the zone that the registry tells for its table.

A hand carries the PC's own wall clock at its start, as a time span; less the start in UTC it is the
offset the clock was set to. Only people look at it: no figure depends on a PC's zone.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from contracts.poker.hand import Hand
from contracts.poker.ticks import BadTime, duration_to_ticks
from services.gfx_ingest.domain import Snapshot

log = structlog.get_logger()

TICKS_PER_MINUTE = 600_000_000
TICKS_PER_MICROSECOND = 10
# Games whose warning is remembered; a table plays fewer in a year.
GAMES_MAX = 10_000


def offset_minutes(hand: Hand) -> int | None:
    """Minutes by which the PC's clock was ahead of UTC; None where the hand does not tell it."""
    try:
        local = duration_to_ticks(hand.recording_offset)
    except BadTime:
        return None
    ticks = local - int(hand.start_ticks)
    return (ticks + TICKS_PER_MINUTE // 2) // TICKS_PER_MINUTE


def zone_minutes(hand: Hand, zone: ZoneInfo) -> int:
    """Minutes by which a zone was ahead of UTC when the hand began."""
    microseconds = int(hand.start_ticks) // TICKS_PER_MICROSECOND
    start = datetime(1, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(microseconds=microseconds)
    offset = start.astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(minutes=1)


class ClockCheck:
    """Warns once per game whose newest hand does not match its table's zone."""

    def __init__(self, table: str, time_zone: str | None) -> None:
        """Without a zone there is nothing to match."""
        self._table = table
        self._zone = ZoneInfo(time_zone) if time_zone else None
        self._warned: set[str] = set()

    def look(self, snapshot: Snapshot) -> bool:
        """Look at a game's newest hand; returns whether it warned."""
        known = snapshot.game_id in self._warned or len(self._warned) >= GAMES_MAX
        if self._zone is None or known or not snapshot.hands:
            return False
        hand = snapshot.hands[-1].hand
        found, wanted = offset_minutes(hand), zone_minutes(hand, self._zone)
        if found is None or found == wanted:
            return False
        self._warned.add(snapshot.game_id)
        log.warning(
            "table.other_clock",
            table=self._table,
            game_id=snapshot.game_id,
            hand_start=hand.start_utc,
            clock_offset_minutes=found,
            zone=self._zone.key,
            zone_offset_minutes=wanted,
        )
        return True
