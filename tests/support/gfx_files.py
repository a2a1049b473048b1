"""Export files as a PokerGFX PC writes them, and where the real ones lie, for tests."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from contracts.poker.ticks import ticks_to_utc, utc_to_ticks

GAME_ID = 639_700_000_000_000_001
FIRST_TICKS = 640_700_000_000_000_001
HAND_TICKS = 1_800_000_000


def real_data() -> Path:
    """The folder of real exports; skips the test where it is absent."""
    sibling = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("RAILCAST_SHARED_DATA", sibling)) / "pgfx"
    if not (folder / "golden_hands.jsonl").is_file():
        pytest.skip(f"no real exports in {folder}; set RAILCAST_SHARED_DATA")
    return folder


def real_files() -> Iterator[tuple[str, bytes]]:
    """Path below the table's folder and bytes of every real export."""
    root = real_data() / "table-GG"
    for path in sorted(root.rglob("*.json")):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def file_name(game_id: int = GAME_ID) -> str:
    """The name a PC gives to the file of a game."""
    return f"PGFX_live_data_export GameID={game_id}.json"


def player(seat: int, start: int, end: int) -> dict[str, Any]:
    """One listed seat."""
    return {
        "PlayerNum": seat,
        "Name": f"Quillfeather {seat}",
        "LongName": "",
        "StartStackAmt": start,
        "EndStackAmt": end,
        "SittingOut": False,
        "HoleCards": ["10d 9d"],
        "CumulativeWinningsAmt": end - start,
        "EliminationRank": -1,
        "VPIPPercent": 20,
        "PreFlopRaisePercent": 10,
        "AggressionFrequencyPercent": 0,
        "WentToShowDownPercent": 600,
    }


def event(kind: str, seat: int = 0, amount: int = 0, pot: int = 0) -> dict[str, Any]:
    """One entry of the event list."""
    return {
        "EventType": kind,
        "PlayerNum": seat,
        "BetAmt": amount,
        "Pot": pot,
        "BoardCards": None,
        "BoardNum": 0,
        "NumCardsDrawn": 0,
        "DateTimeUTC": None,
    }


def hand(number: int, won: int = 100) -> dict[str, Any]:
    """The hand number `number` from 0; seat 3 wins `won` from seat 2, who has the small blind."""
    return {
        "HandNum": number + 1,
        "StartDateTimeUTC": ticks_to_utc(FIRST_TICKS + number * HAND_TICKS),
        "Duration": "PT1M30.5S",
        "RecordingOffsetStart": "P739539DT12H40M2.2609466S",
        "GameVariant": "HOLDEM",
        "GameClass": "FLOP",
        "BetStructure": "NOLIMIT",
        "AnteAmt": 200,
        "FlopDrawBlinds": {
            "AnteType": "BB_ANTE_BB1ST",
            "SmallBlindAmt": 100,
            "BigBlindAmt": 200,
            "ButtonPlayerNum": 2,
            "SmallBlindPlayerNum": 2,
            "BigBlindPlayerNum": 3,
        },
        "Players": [player(2, 10_000, 10_000 - won), player(3, 20_000, 20_000 + won)],
        "Events": [event("FOLD", 2)],
    }


def export(hands: Sequence[dict[str, Any]], game_id: int = GAME_ID) -> dict[str, Any]:
    """A whole export."""
    return {
        "ID": game_id,
        "CreatedDateTimeUTC": ticks_to_utc(game_id),
        "EventTitle": "",
        "Type": "FEATURE_TABLE",
        "SoftwareVersion": "PokerGFX 3.2",
        "Payouts": [0] * 10,
        "Hands": list(hands),
    }


def encoded(tree: dict[str, Any]) -> bytes:
    """The bytes the PC writes: one line, keys in order, no spaces."""
    return json.dumps(tree, sort_keys=True, separators=(",", ":")).encode()


def game_file(*hands: dict[str, Any], game_id: int = GAME_ID) -> bytes:
    """Bytes of an export with these hands."""
    return encoded(export(hands, game_id))


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def start_ticks(number: int) -> str:
    """Start ticks of the hand number `number`."""
    return str(utc_to_ticks(hand(number)["StartDateTimeUTC"]))
