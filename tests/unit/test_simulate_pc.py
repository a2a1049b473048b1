"""The simulated PC on a real disk: in-place growth, new games, resuming, stopping."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from deploy.simulate.options import Quirks
from deploy.simulate.pc import PcOptions, rewrite, run

START = datetime(2031, 4, 5, 12, 0, tzinfo=UTC)
REPOSITORY = Path(__file__).parents[2]


def options(out: Path, **wanted: Any) -> PcOptions:
    plain: dict[str, Any] = {
        "out": out,
        "interval_s": 0,
        "start": START,
        "opened_records": 0,
        "quirks": Quirks.none(),
        "final_every": 0,
    }
    return PcOptions(**(plain | wanted))


def documents(out: Path, table: str = "table-1") -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted((out / table).glob("*.json"))]


def poker(document: dict[str, Any]) -> list[Any]:
    return [(hand["HandNum"], hand["Players"], hand["Events"]) for hand in document["Hands"]]


def last_start(document: dict[str, Any]) -> str:
    start: str = document["Hands"][-1]["StartDateTimeUTC"]
    return start


async def test_a_file_grows_hand_by_hand_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[tuple[int, int, int]] = []

    def watched(path: Path, data: bytes, chunks: int = 1) -> None:
        rewrite(path, data, chunks)
        count = len(json.loads(path.read_bytes())["Hands"])
        seen.append((path.stat().st_ino, path.stat().st_size, count))

    monkeypatch.setattr("deploy.simulate.pc.rewrite", watched)
    assert await run(options(tmp_path, hands=6)) == 6
    inodes, sizes, counts = zip(*seen, strict=True)
    assert len(set(inodes)) == 1
    assert list(sizes) == sorted(sizes)
    assert counts == (1, 2, 3, 4, 5, 6)
    assert len(list((tmp_path / "table-1").iterdir())) == 1


async def test_hands_are_also_written_when_they_are_only_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    events: list[list[int]] = []

    def watched(path: Path, data: bytes, chunks: int = 1) -> None:
        rewrite(path, data, chunks)
        events.append([len(hand["Events"]) for hand in json.loads(data)["Hands"]])

    monkeypatch.setattr("deploy.simulate.pc.rewrite", watched)
    await run(options(tmp_path, hands=3, opened_records=1))
    assert [len(hands) for hands in events] == [1, 1, 2, 2, 3, 3]
    assert [hands[-1] == 0 for hands in events] == [True, False] * 3


def test_a_rewrite_in_parts_leaves_the_old_tail_until_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "file"
    path.write_bytes(b"o" * 100)
    inode = path.stat().st_ino
    seen: list[bytes] = []
    monkeypatch.setattr("deploy.simulate.pc.time.sleep", lambda _: seen.append(path.read_bytes()))
    rewrite(path, b"n" * 90, chunks=3)
    assert seen == [b"n" * 30 + b"o" * 70, b"n" * 60 + b"o" * 40]
    assert path.read_bytes() == b"n" * 90
    assert path.stat().st_ino == inode


async def test_a_full_game_is_followed_by_a_new_one_that_starts_after_it(tmp_path: Path):
    await run(options(tmp_path, hands=25, hands_per_game=10))
    games = documents(tmp_path)
    assert [len(game["Hands"]) for game in games] == [10, 10, 5]
    for game, after in pairwise(games):
        assert last_start(game) < after["CreatedDateTimeUTC"]
        assert after["Hands"][0]["HandNum"] == 1
    assert poker(games[0]) != poker(games[1])[:10]


async def test_the_first_hand_starts_at_the_given_time(tmp_path: Path):
    await run(options(tmp_path, hands=1))
    (game,) = documents(tmp_path)
    assert game["Hands"][0]["StartDateTimeUTC"].startswith("2031-04-05T12:00:00.0000")


async def test_a_live_show_stamps_its_first_hand_with_the_wall_clock(tmp_path: Path):
    # A clock that is already an hour on when the hand has begun: no wait is left.
    moments = iter([START - timedelta(days=1), START])
    live = options(tmp_path, hands=1, interval_s=None, start=None)
    await run(live, clock=lambda: next(moments, START + timedelta(hours=1)))
    (game,) = documents(tmp_path)
    assert game["Hands"][0]["StartDateTimeUTC"].startswith("2031-04-05T12:00:00.0000")


async def test_a_live_restart_never_goes_behind_what_was_written(tmp_path: Path):
    await run(options(tmp_path, hands=5))
    live = options(tmp_path, hands=1, interval_s=None, start=None)
    # The wall clock stands a minute before the last start stamp, then long after it.
    (old,) = documents(tmp_path)
    before = datetime.fromisoformat(last_start(old)) - timedelta(minutes=1)
    moments = iter([before, before])
    await run(live, clock=lambda: next(moments, before + timedelta(days=1)))
    new = documents(tmp_path)[-1]
    assert new["ID"] > old["ID"]
    assert new["CreatedDateTimeUTC"] > last_start(old)


async def test_the_same_seed_writes_the_same_bytes(tmp_path: Path):
    for name in ("one", "two"):
        await run(options(tmp_path / name, hands=12, hands_per_game=8))
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "table-1").iterdir()}
        for name in ("one", "two")
    )
    assert first == second
    assert len(first) == 2


async def test_a_restart_goes_on_with_a_new_game_and_leaves_the_old_file_alone(tmp_path: Path):
    await run(options(tmp_path, hands=7))
    (path,) = (tmp_path / "table-1").iterdir()
    before = path.read_bytes()
    await run(options(tmp_path, hands=4))
    assert path.read_bytes() == before
    old, new = documents(tmp_path)
    assert new["ID"] > old["ID"]
    assert new["CreatedDateTimeUTC"] > last_start(old)
    assert poker(new) != poker(old)[:4]


async def test_a_restart_over_a_torn_or_archived_file_still_starts_later(tmp_path: Path):
    await run(options(tmp_path, hands=5))
    (path,) = (tmp_path / "table-1").iterdir()
    whole = json.loads(path.read_bytes())
    path.write_bytes(path.read_bytes()[:-900])
    archive = tmp_path / "table-1" / "new"
    archive.mkdir()
    path.rename(archive / path.name)
    await run(options(tmp_path, hands=2))
    (new,) = documents(tmp_path)
    assert new["CreatedDateTimeUTC"] > whole["Hands"][-2]["StartDateTimeUTC"]
    assert poker(new) != poker(whole)[:2]


async def test_several_tables_write_side_by_side_without_sharing_people_or_ids(tmp_path: Path):
    wanted = options(tmp_path, hands=60, hands_per_game=10, tables=("gold", "silver"))
    assert await run(wanted) == 120
    gold, silver = documents(tmp_path, "gold"), documents(tmp_path, "silver")
    assert len({game["ID"] for game in gold + silver}) == 12
    names = [
        {row["LongName"] for game in games for hand in game["Hands"] for row in hand["Players"]}
        for games in (gold, silver)
    ]
    assert min(map(len, names)) > 30
    assert names[0].isdisjoint(names[1])


async def test_every_nth_game_is_a_final_table(tmp_path: Path):
    await run(options(tmp_path, hands=20, hands_per_game=5, final_every=3))
    kinds = [game["Type"] for game in documents(tmp_path)]
    assert kinds == ["FEATURE_TABLE", "FEATURE_TABLE", "FINAL_TABLE", "FEATURE_TABLE"]


async def test_a_stop_during_a_write_leaves_a_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watched(path: Path, data: bytes, chunks: int = 1) -> None:
        if len(json.loads(data)["Hands"]) == 3:
            loop.call_soon_threadsafe(stop.set)
        rewrite(path, data, chunks)

    monkeypatch.setattr("deploy.simulate.pc.rewrite", watched)
    async with asyncio.timeout(30):
        assert await run(options(tmp_path, chunks=4), stop) == 3
    (game,) = documents(tmp_path)
    assert len(game["Hands"]) == 3


async def test_a_stop_ends_the_wait_for_the_next_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watched(path: Path, data: bytes, chunks: int = 1) -> None:
        rewrite(path, data, chunks)
        loop.call_soon_threadsafe(stop.set)

    monkeypatch.setattr("deploy.simulate.pc.rewrite", watched)
    async with asyncio.timeout(30):
        assert await run(options(tmp_path, interval_s=3600.0, opened_records=1), stop) == 0
    (game,) = documents(tmp_path)
    assert [hand["Events"] for hand in game["Hands"]] == [[]]


async def test_a_fast_show_keeps_the_natural_length_of_its_hands(tmp_path: Path):
    await run(options(tmp_path, hands=20, interval_s=None, speed=1_000_000.0))
    (game,) = documents(tmp_path)
    assert game["Hands"][-1]["StartDateTimeUTC"] > "2031-04-05T12:20"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_stops_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals):
    command = [sys.executable, "-m", "deploy.simulate", "--out", str(tmp_path)]
    flags = ["--interval", "0", "--chunks", "2", "--start", "2031-04-05T12:00:00"]
    with subprocess.Popen(
        command + flags,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while not list(tmp_path.rglob("*.json")):
                assert process.poll() is None
            process.send_signal(number)
            said, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert said.endswith("hands written\n")
    for game in documents(tmp_path):
        assert game["Hands"]


def test_importing_the_command_is_cheap():
    code = "import sys, deploy.simulate.command as c; print(*(m for m in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "deploy.simulate.command" in loaded
    assert {"pokerkit", "deploy.simulate.table", "asyncio"}.isdisjoint(loaded)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tables": ()},
        {"tables": ("a", "a")},
        {"tables": ("../a",)},
        {"speed": 0.0},
        {"speed": float("nan")},
        {"interval_s": -1.0},
        {"chunks": 0},
        {"hands_per_game": 0},
        {"hands_per_game": 100_000},
        {"hands": -1},
    ],
)
def test_options_that_could_not_run_are_refused(tmp_path: Path, wrong: dict[str, Any]):
    with pytest.raises(ValueError):
        options(tmp_path, **wrong)
