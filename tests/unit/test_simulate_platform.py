"""The simulated platform on a real disk: what its files say, when, and in whose folder."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.simulate import platform as platforms
from deploy.simulate.export import ticks_of
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.pc import PcOptions, rewrite, run
from deploy.simulate.platform import COUNT_HANDS, LATE_HANDS, ForeignExports, Platform
from deploy.simulate.record import TICKS_PER_SECOND
from deploy.simulate.table import play
from deploy.simulate.tournament import CHIPS, LEFT_AT_START, PLAYERS
from services.wsop_import.domain.records import (
    ChipRecord,
    EventRecord,
    Parsed,
    PlayerRecord,
    StandingRecord,
)
from services.wsop_import.inputs.building import Setting
from services.wsop_import.inputs.parse import parse
from tests.support.wsop_files import content

START = datetime(2031, 4, 5, 12, 0, tzinfo=UTC)
REPOSITORY = Path(__file__).parents[2]
FILES = {
    "Events.json": EventRecord,
    "Players.json": PlayerRecord,
    "ChipCounts.csv": ChipRecord,
    "Standings.csv": StandingRecord,
}


def options(folder: Path, **wanted: Any) -> PcOptions:
    plain: dict[str, Any] = {
        "out": folder / "share",
        "wsop": folder / "exports",
        "interval_s": 0,
        "start": START,
        "opened_records": 0,
        "quirks": Quirks.none(),
    }
    return PcOptions(**(plain | wanted))


def taken(path: Path) -> Parsed:
    """A file as wsop-import reads it."""
    found = content(path.name, path.read_bytes())
    try:
        setting = Setting(zone=lambda _: None, guide_event="", content_at=START)
        return parse(found, setting)
    finally:
        found.close()


def standings(folder: Path) -> list[StandingRecord]:
    found = taken(folder / "Standings.csv").records
    return [record for record in found if isinstance(record, StandingRecord)]


def moment(folder: Path) -> datetime:
    """The moment of the newest snapshot."""
    return standings(folder)[0].moment


async def test_wsop_import_reads_every_row_of_every_file(tmp_path: Path) -> None:
    await run(options(tmp_path, hands=25))
    folder = tmp_path / "exports"
    assert {path.name for path in folder.iterdir()} == set(FILES)
    for name, record in FILES.items():
        found = taken(folder / name)
        assert found.findings == ()
        assert found.rejected == found.unknown_columns_count == 0
        assert all(isinstance(each, record) for each in found.records)
    assert len(taken(folder / "Players.json").records) == PLAYERS
    rows = standings(folder)
    assert len(rows) == LEFT_AT_START
    assert sum(row.row.chip_count for row in rows) == CHIPS


async def test_the_first_export_is_there_before_the_first_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def export(path: Path, data: bytes) -> None:
        written.append(path.name)
        platforms_write(path, data)
        if path.name == "Standings.csv" and len(written) <= len(FILES):
            assert moment(path.parent) == START

    def game(path: Path, data: bytes, chunks: int = 1) -> None:
        written.append("game")
        rewrite(path, data, chunks)

    platforms_write = platforms.write
    monkeypatch.setattr(platforms, "write", export)
    monkeypatch.setattr("deploy.simulate.pc.rewrite", game)
    await run(options(tmp_path, hands=1))
    assert set(written[: len(FILES)]) == set(FILES)
    assert written[len(FILES)] == "game"


def test_a_count_is_exported_hands_after_the_moment_it_tells_of(tmp_path: Path) -> None:
    platform = Platform(tmp_path, 1)
    hands = play("late", platform.rules(GameOptions(quirks=Quirks.none())))
    platform.begin(ticks_of(START))
    seen = [moment(tmp_path)]
    for number, played in zip(range(1, 2 * COUNT_HANDS), hands, strict=False):
        assert platform.follow(played, ticks_of(START) + number * TICKS_PER_SECOND)
        seen.append(moment(tmp_path))
    before = COUNT_HANDS + LATE_HANDS
    assert set(seen[:before]) == {seen[0]}
    assert set(seen[before:]) == {seen[before]}
    assert (seen[before] - seen[0]).total_seconds() == COUNT_HANDS


async def test_a_stopped_tournament_is_exported_as_it_stands_and_gone_on_with(
    tmp_path: Path,
) -> None:
    await run(options(tmp_path, hands=26))
    folder = tmp_path / "exports"
    before = {row.row.player_id: row.row for row in standings(folder)}
    (first,) = (tmp_path / "share" / "table-1").iterdir()
    ended = {
        seat["PlayerNum"]: seat["EndStackAmt"]
        for seat in json.loads(first.read_bytes())["Hands"][-1]["Players"]
    }
    at_table = {row.seat_num: row.chip_count for row in before.values() if row.table_num == 1}
    assert {seat: chips for seat, chips in ended.items() if chips}.items() <= at_table.items()

    resumed = Platform(folder, 1).tournament
    assert {player.entrant.id: player.chips for player in resumed.players} == {
        name: row.chip_count for name, row in before.items()
    }
    await run(options(tmp_path, hands=3))
    games = sorted((tmp_path / "share" / "table-1").iterdir())
    assert len(games) == 2
    names = [
        {seat["LongName"] for seat in json.loads(game.read_bytes())["Hands"][place]["Players"]}
        for game, place in zip(games, (-1, 0), strict=True)
    ]
    assert len(names[0] & names[1]) >= len(names[0]) - 2
    assert len(taken(folder / "Events.json").records) == 1


async def test_another_tournament_follows_the_one_that_is_over(tmp_path: Path) -> None:
    await run(options(tmp_path, hands=420))
    events = [
        record
        for record in taken(tmp_path / "exports" / "Events.json").records
        if isinstance(record, EventRecord)
    ]
    first, second, *_ = events
    assert (first.fields.status, first.fields.players_remaining) == ("completed", 1)
    assert second.event_id != first.event_id
    assert {row.event_id for row in standings(tmp_path / "exports")} == {events[-1].event_id}
    kinds = [
        json.loads(path.read_bytes())["Type"]
        for path in sorted((tmp_path / "share" / "table-1").iterdir())
    ]
    assert kinds[:2] == ["FEATURE_TABLE", "FINAL_TABLE"]


async def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        await run(options(tmp_path / name, hands=45, quirks=Quirks()))
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "exports").iterdir()}
        for name in ("one", "two")
    )
    assert first == second


def test_a_file_is_whole_whenever_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Events.json"
    platforms.write(path, b"before")
    seen: list[bytes] = []
    replaced = Path.replace

    def watched(source: Path, target: Path) -> Path:
        seen.append(path.read_bytes())
        assert source.suffix not in (".json", ".csv")
        return replaced(source, target)

    monkeypatch.setattr(Path, "replace", watched)
    platforms.write(path, b"after")
    assert (seen, path.read_bytes()) == ([b"before"], b"after")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Events.json", '{"events": [{"event_id": "SPRING-7"}]}'),
        ("Events.json", "not finished"),
        ("Players.json", '{"players": []}'),
        ("counts-of-friday.csv", "event_id\n"),
    ],
)
def test_a_folder_with_exports_of_somebody_else_is_left_alone(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ForeignExports):
        Platform(tmp_path, 1)
    command = [sys.executable, "-m", "deploy.simulate", "--out", str(tmp_path / "share")]
    done = subprocess.run(
        [*command, "--wsop", str(tmp_path), "--hands", "1", "--interval", "0"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_whose_standings_are_gone_begins_another_tournament(tmp_path: Path) -> None:
    first = Platform(tmp_path, 1)
    first.begin(ticks_of(START))
    (tmp_path / "Standings.csv").unlink()
    assert Platform(tmp_path, 1).tournament.number == first.tournament.number + 1


def test_a_tournament_round_two_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one table"):
        options(tmp_path, tables=("one", "two"))
