"""Hands to the bytes of an export, in the exact shape the PC writes.

One line of ASCII without white space, keys alphabetical at every level, the same keys in every
object of a kind. Every time is counted from the game's id, which is its creation in .NET ticks,
so that the same game and hands always give the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deploy.simulate.record import (
    TICKS_PER_SECOND,
    Event,
    EventKind,
    GameKind,
    PlayedHand,
    SeatRow,
)

SOFTWARE_VERSION = "PokerGFX 3.2"
FILE_PREFIX = "PGFX_live_data_export GameID="
PAYOUT_PLACES = 10

_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_STUD_LIMITS = {"BringInAmt": 0, "BringInPlayerNum": 1, "HighLimitAmt": 0, "LowLimitAmt": 0}


@dataclass(frozen=True, slots=True)
class Game:
    """A game as its file names it: `id` is the creation in ticks (100 ns since year 1, UTC).

    `zone_hours` is the zone the PC believes in; it leaks into `RecordingOffsetStart` only.
    """

    id: int
    kind: GameKind = "FEATURE_TABLE"
    zone_hours: int = 3


def ticks_of(moment: datetime) -> int:
    """.NET ticks of an aware moment; microseconds are the finest a datetime knows."""
    return (moment - _YEAR_ONE) // timedelta(microseconds=1) * 10


def utc_text(ticks: int) -> str:
    """`2031-04-05T06:07:08.0000009Z`: always seven fractional digits."""
    seconds, fraction = divmod(ticks, TICKS_PER_SECOND)
    moment = _YEAR_ONE + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:07d}Z"


def utc_ticks(text: str) -> int:
    """The ticks of a text that `utc_text` wrote; ValueError for any other."""
    whole, fraction = text.removesuffix("Z").split(".")
    return ticks_of(datetime.fromisoformat(whole + "+00:00")) + int(f"{fraction:0<7}")


def span_text(ticks: int) -> str:
    """A time span as .NET prints it: `P2DT3H4M5.06S`, components and trailing zeros left out."""
    seconds, fraction = divmod(ticks, TICKS_PER_SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    part = f"{seconds}.{fraction:07d}".rstrip("0").rstrip(".") if fraction else str(seconds)
    clock = "".join(
        [
            f"{hours}H" if hours else "",
            f"{minutes}M" if minutes else "",
            f"{part}S" if seconds or fraction else "",
        ]
    )
    day = f"{days}D" if days else ""
    return f"P{day}T{clock}" if clock else f"P{day}" if day else "PT0S"


def file_name(game_id: int) -> str:
    """The file a game lies in."""
    return f"{FILE_PREFIX}{game_id}.json"


def encode_hand(game: Game, played: PlayedHand, *, opened_only: bool = False) -> bytes:
    """One object of `Hands`; `opened_only` gives it as it stood before its first action."""
    start = game.id + played.start_ticks
    events = () if opened_only else played.events
    seats = played.opening if opened_only else played.seats
    duration = TICKS_PER_SECOND if opened_only else played.duration_ticks
    blinds = played.blinds
    return _compact(
        {
            "AnteAmt": blinds.ante,
            "BetStructure": "NOLIMIT",
            "BombPotAmt": 0,
            "Description": "",
            "Duration": span_text(duration),
            "Events": [_event(event) for event in events],
            "FlopDrawBlinds": {
                "AnteType": "BB_ANTE_BB1ST",
                "BigBlindAmt": blinds.big,
                "BigBlindPlayerNum": blinds.big_seat,
                "BlindLevel": 0,
                "ButtonPlayerNum": blinds.button_seat,
                "SmallBlindAmt": blinds.small,
                "SmallBlindPlayerNum": blinds.small_seat,
                "ThirdBlindAmt": 0,
                "ThirdBlindPlayerNum": 0,
            },
            "GameClass": "FLOP",
            "GameVariant": "HOLDEM",
            "HandNum": played.hand_num,
            "NumBoards": 1,
            "Players": [_player(row) for row in seats],
            "RecordingOffsetStart": span_text(start + game.zone_hours * 3_600 * TICKS_PER_SECOND),
            "RunItNumTimes": 1,
            "StartDateTimeUTC": utc_text(start),
            "StudLimits": _STUD_LIMITS,
        }
    )


def _event(event: Event) -> dict[str, object]:
    return {
        "BetAmt": event.amount,
        "BoardCards": event.card,
        "BoardNum": 1 if event.kind is EventKind.BOARD_CARD else 0,
        "DateTimeUTC": None,
        "EventType": event.kind.value,
        "NumCardsDrawn": 0,
        "PlayerNum": event.seat,
        "Pot": event.pot,
    }


def _player(row: SeatRow) -> dict[str, object]:
    return {
        "AggressionFrequencyPercent": row.aggression,
        "BlindBetStraddleAmt": 0,
        "CumulativeWinningsAmt": row.winnings,
        "EliminationRank": row.elimination_rank,
        "EndStackAmt": row.end_stack,
        "HoleCards": [row.hole],
        "LongName": row.long_name,
        "Name": row.name,
        "PlayerNum": row.seat,
        "PreFlopRaisePercent": row.pfr,
        "SittingOut": row.sitting_out,
        "StartStackAmt": row.start_stack,
        "VPIPPercent": row.vpip,
        "WentToShowDownPercent": row.went_to_showdown,
    }


def assemble(game: Game, hands: Sequence[bytes]) -> bytes:
    """The whole file from hands already encoded, so that a growing game encodes each hand once."""
    head = _compact({"CreatedDateTimeUTC": utc_text(game.id), "EventTitle": ""})
    tail = _compact(
        {
            "ID": game.id,
            "Payouts": [0] * PAYOUT_PLACES,
            "SoftwareVersion": SOFTWARE_VERSION,
            "Type": game.kind,
        }
    )
    return b"".join([head[:-1], b',"Hands":[', b",".join(hands), b"],", tail[1:]])


def export(game: Game, hands: Iterable[PlayedHand]) -> bytes:
    """The bytes of the file that holds these hands."""
    return assemble(game, [encode_hand(game, played) for played in hands])


def _compact(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")
