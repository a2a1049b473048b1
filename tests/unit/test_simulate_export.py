"""Simulated exports have the exact shape of real ones: keys, types, texts, ids and times."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.simulate.export import (
    Game,
    assemble,
    encode_hand,
    export,
    file_name,
    span_text,
    ticks_of,
    utc_text,
    utc_ticks,
)
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.table import play

CREATED = datetime(2031, 4, 5, 17, 30, 12, 345_678, tzinfo=UTC)
GAME = Game(ticks_of(CREATED) + 9, "FEATURE_TABLE", 3)

# One sample value per key: the literal shape of a file. Numbers stand for any integer, texts for
# any text; a list holds any number of objects like its one entry.
EVENT = {
    "BetAmt": 0,
    "BoardCards": None,
    "BoardNum": 0,
    "DateTimeUTC": None,
    "EventType": "FOLD",
    "NumCardsDrawn": 0,
    "PlayerNum": 2,
    "Pot": 0,
}
PLAYER = {
    "AggressionFrequencyPercent": 0,
    "BlindBetStraddleAmt": 0,
    "CumulativeWinningsAmt": 0,
    "EliminationRank": -1,
    "EndStackAmt": 1,
    "HoleCards": ["10d 9d"],
    "LongName": "",
    "Name": "",
    "PlayerNum": 2,
    "PreFlopRaisePercent": 0,
    "SittingOut": False,
    "StartStackAmt": 1,
    "VPIPPercent": 0,
    "WentToShowDownPercent": 0,
}
HAND = {
    "AnteAmt": 1,
    "BetStructure": "NOLIMIT",
    "BombPotAmt": 0,
    "Description": "",
    "Duration": "PT1M2.5S",
    "Events": [EVENT],
    "FlopDrawBlinds": {
        "AnteType": "BB_ANTE_BB1ST",
        "BigBlindAmt": 1,
        "BigBlindPlayerNum": 2,
        "BlindLevel": 0,
        "ButtonPlayerNum": 2,
        "SmallBlindAmt": 1,
        "SmallBlindPlayerNum": 2,
        "ThirdBlindAmt": 0,
        "ThirdBlindPlayerNum": 0,
    },
    "GameClass": "FLOP",
    "GameVariant": "HOLDEM",
    "HandNum": 1,
    "NumBoards": 1,
    "Players": [PLAYER],
    "RecordingOffsetStart": "P1DT1H1M1.5S",
    "RunItNumTimes": 1,
    "StartDateTimeUTC": "2031-01-01T00:00:00.0000000Z",
    "StudLimits": {
        "BringInAmt": 0,
        "BringInPlayerNum": 1,
        "HighLimitAmt": 0,
        "LowLimitAmt": 0,
    },
}
ROOT = {
    "CreatedDateTimeUTC": "2031-01-01T00:00:00.0000000Z",
    "EventTitle": "",
    "Hands": [HAND],
    "ID": 1,
    "Payouts": [0],
    "SoftwareVersion": "PokerGFX 3.2",
    "Type": "FEATURE_TABLE",
}
CONSTANT = {
    "AnteType", "BetStructure", "BombPotAmt", "Description", "BlindLevel", "ThirdBlindAmt",
    "ThirdBlindPlayerNum", "GameClass", "GameVariant", "NumBoards", "RunItNumTimes", "BringInAmt",
    "BringInPlayerNum", "HighLimitAmt", "LowLimitAmt", "BlindBetStraddleAmt", "DateTimeUTC",
    "NumCardsDrawn", "EventTitle", "SoftwareVersion",
}  # fmt: skip
CARD = r"(10|[2-9]|j|q|k|a)[shdc]"


def unlike(value: Any, sample: Any, path: str = "$") -> list[str]:
    """Where `value` differs from the literal shape."""
    if path.endswith(".BoardCards"):
        return [] if value is None or re.fullmatch(CARD, value) else [path]
    if type(value) is not type(sample):
        return [f"{path}: {type(value).__name__}"]
    if isinstance(sample, dict):
        if list(value) != list(sample):
            return [f"{path}: keys {sorted(set(value) ^ set(sample)) or 'order'}"]
        return [
            wrong for key in sample for wrong in unlike(value[key], sample[key], f"{path}.{key}")
        ]
    if isinstance(sample, list):
        return [wrong for entry in value for wrong in unlike(entry, sample[0], path + "[]")]
    if path.rsplit(".", 1)[-1] in CONSTANT and value != sample:
        return [f"{path}: {value!r}"]
    return []


def made(seed: int = 4, hands: int = 60, quirks: Quirks | None = None) -> bytes:
    return export(GAME, play(seed, GameOptions(hands=hands, quirks=quirks or Quirks.rough())))


@pytest.fixture(scope="module")
def raw() -> bytes:
    return made()


@pytest.fixture(scope="module")
def document(raw: bytes) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(raw)
    return parsed


def test_every_object_has_the_literal_keys_in_order_and_their_types(document: dict[str, Any]):
    assert unlike(document, ROOT) == []
    assert len(document["Payouts"]) == 10


def test_a_file_is_one_line_of_ascii_without_white_space_between_tokens(raw: bytes):
    assert raw.isascii()
    assert b"\n" not in raw
    assert raw == json.dumps(json.loads(raw), separators=(",", ":"), sort_keys=True).encode()


def test_names_outside_ascii_are_escaped(raw: bytes, document: dict[str, Any]):
    names = {row["LongName"] for hand in document["Hands"] for row in hand["Players"]}
    assert any(not name.isascii() for name in names)
    assert rb"\u" in raw


def test_the_id_is_the_creation_in_ticks_and_names_the_file(document: dict[str, Any]):
    assert document["ID"] == GAME.id == 640687734123456789
    assert document["CreatedDateTimeUTC"] == "2031-04-05T17:30:12.3456789Z"
    assert file_name(GAME.id) == "PGFX_live_data_export GameID=640687734123456789.json"


def test_starts_have_seven_digits_and_the_recording_offset_is_local_time(
    document: dict[str, Any],
):
    for hand in document["Hands"]:
        start = hand["StartDateTimeUTC"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", start)
        offset = hand["RecordingOffsetStart"]
        parts = re.fullmatch(r"P(\d+)DT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", offset)
        assert parts
        days, hours, minutes = (int(part or 0) for part in parts.groups()[:3])
        whole, _, fraction = (parts[4] or "0").partition(".")
        seconds = ((days * 24 + hours) * 60 + minutes) * 60 + int(whole)
        local = seconds * 10**7 + int(f"{fraction:0<7}")
        assert local - utc_ticks(start) == 3 * 3600 * 10**7


def test_events_show_pot_board_and_amount_as_the_pc_does(document: dict[str, Any]):
    seen = set()
    for event in (event for hand in document["Hands"] for event in hand["Events"]):
        kind = event["EventType"]
        seen.add(kind)
        assert (event["BoardCards"] is not None) == (kind == "BOARD CARD")
        assert event["BoardNum"] == (kind == "BOARD CARD")
        assert (event["PlayerNum"] == 0) == (kind == "BOARD CARD")
        assert (event["BetAmt"] > 0) == (kind in ("BET", "CALL", "ALL IN"))
        assert (event["Pot"] > 0) == (kind not in ("FOLD", "BOARD CARD"))
    assert seen == {"FOLD", "CHECK", "CALL", "BET", "ALL IN", "BOARD CARD"}


def test_hole_cards_are_one_text_with_the_higher_rank_first(document: dict[str, Any]):
    order = ["2", "3", "4", "5", "6", "7", "8", "9", "10", "j", "q", "k", "a"]
    texts = {row["HoleCards"][0] for hand in document["Hands"] for row in hand["Players"]}
    assert all(len(row["HoleCards"]) == 1 for hand in document["Hands"] for row in hand["Players"])
    assert "" in texts
    assert any("10" in text for text in texts)
    for text in texts - {""}:
        assert re.fullmatch(f"{CARD} {CARD}", text)
        high, low = text.split()
        assert order.index(high[:-1]) >= order.index(low[:-1])


def test_the_same_seed_and_creation_give_the_same_bytes():
    assert made(9) == made(9)
    assert made(9) != made(10)


def test_a_game_grows_without_changing_what_it_had():
    hands = [encode_hand(GAME, played) for played in play(4, GameOptions(hands=12))]
    grown = [json.loads(assemble(GAME, hands[:count])) for count in (1, 5, 12)]
    assert grown[2]["Hands"][:5] == grown[1]["Hands"]
    assert grown[1]["Hands"][:1] == grown[0]["Hands"]


def test_an_opened_hand_is_the_same_hand_before_its_first_action():
    played = list(play(4, GameOptions(hands=12)))[-1]
    opened, full = (
        json.loads(encode_hand(GAME, played, opened_only=only)) for only in (True, False)
    )
    assert unlike(opened, HAND) == []
    assert opened["Events"] == []
    assert opened["StartDateTimeUTC"] == full["StartDateTimeUTC"]
    rows = zip(opened["Players"], full["Players"], strict=True)
    assert all(row["EndStackAmt"] == row["StartStackAmt"] for row in opened["Players"])
    assert all(one["StartStackAmt"] == other["StartStackAmt"] for one, other in rows)


@pytest.mark.parametrize(
    ("ticks", "text"),
    [
        (68_528_689, "PT6.8528689S"),
        (7_100_000_000 + 20, "PT11M50.000002S"),
        (1_200_000_000, "PT2M"),
        (36_000_000_000 + 5_000_000, "PT1H0.5S"),
        (864_000_000_000 * 3, "P3D"),
        (864_000_000_000 + 600_000_000 + 10_000_000, "P1DT1M1S"),
        (0, "PT0S"),
    ],
)
def test_spans_leave_out_what_is_zero(ticks: int, text: str):
    assert span_text(ticks) == text


def test_utc_texts_keep_every_tick():
    for ticks in (GAME.id, GAME.id + 1, GAME.id // 10**7 * 10**7):
        assert utc_ticks(utc_text(ticks)) == ticks


def real_files() -> list[Path]:
    named = os.environ.get("RAILCAST_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "data"
    return sorted((folder / "pgfx").rglob("PGFX_live_data_export GameID=*.json"))


@pytest.mark.skipif(not real_files(), reason="the shared data folder with real exports is absent")
def test_real_exports_fit_the_same_literal_shape():
    for path in real_files():
        raw = path.read_bytes()
        assert unlike(json.loads(raw), ROOT) == [], path.name
        assert raw == json.dumps(json.loads(raw), separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.skipif(not real_files(), reason="the shared data folder with real exports is absent")
def test_the_text_helpers_reproduce_real_stamps():
    for path in real_files():
        document = json.loads(path.read_bytes())
        assert utc_text(document["ID"]) == document["CreatedDateTimeUTC"]
        assert file_name(document["ID"]) == path.name
        for hand in document["Hands"]:
            start = utc_ticks(hand["StartDateTimeUTC"])
            offsets = {span_text(start + hours * 3600 * 10**7) for hours in (3, 4)}
            assert hand["RecordingOffsetStart"] in offsets
