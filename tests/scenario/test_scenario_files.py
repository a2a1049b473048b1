"""A week of exports dropped in any order, twice: every hand once, every file accounted for."""

import hashlib
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contracts.poker.ticks import utc_to_ticks
from deploy.simulate.options import Quirks
from deploy.simulate.pc import PcOptions, run
from tests.support.gfx_files import real_data, real_files, sha256
from tests.support.system import System
from tests.support.watch import Watch

pytestmark = pytest.mark.xdist_group("show")

SEED = 20310301
START = datetime(2031, 3, 1, 17, tzinfo=UTC)
# The one golden figure that no reader wants: the largest pot an action states.
UNSHOWN = "max_event_pot"

type Files = list[tuple[str, bytes]]


def drop(folder: Path, files: Files) -> None:
    """Copy files to the share, one after the other."""
    for path, data in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


async def dropped_twice(watch: Watch, table: str, files: Files) -> None:
    """Drop all in a shuffled order, and once more under other paths; wait until all are known."""
    shuffled = random.Random(SEED).sample(files, len(files))
    again = [(f"backup/{path}", data) for path, data in reversed(shuffled)]
    for dropped, all_so_far in ((shuffled, shuffled), (again, shuffled + again)):
        drop(watch.system.tables[table], dropped)
        await watch.until(partial(accounted, watch, table, all_so_far))
    await watch.settled()


async def accounted(watch: Watch, table: str, files: Files) -> bool:
    rows = await watch.rows(
        "select path, sha256 from views.sync_files where table_name = $1", table
    )
    return {(row["path"], row["sha256"]) for row in rows} == {(p, sha256(d)) for p, d in files}


def told_hands(files: Iterable[tuple[str, bytes]]) -> dict[tuple[str, int], dict[str, Any]]:
    """What the files say of each hand: their own records, without a line of our reader."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for _, data in files:
        tree = json.loads(data)
        for hand in tree["Hands"]:
            found[str(tree["ID"]), utc_to_ticks(hand["StartDateTimeUTC"])] = hand
    return found


def digest(hand: dict[str, Any]) -> str:
    text = json.dumps(hand, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def check_stacks(watch: Watch, table: str, hands: dict[tuple[str, int], Any]) -> None:
    """The chip counts of every game are those its last record lists."""
    last = {game_id: hand for (game_id, _), hand in sorted(hands.items())}
    wanted = {
        (game_id, player["PlayerNum"]): (player["Name"], player["StartStackAmt"])
        if all(p["StartStackAmt"] == p["EndStackAmt"] for p in hand["Players"])
        else (player["Name"], player["EndStackAmt"])
        for game_id, hand in last.items()
        for player in hand["Players"]
    }
    rows = await watch.rows("select * from views.chips where table_name = $1", table)
    edited = {row["game_id"] for row in rows if row["state"] == "edited"}
    shown = {(row["game_id"], row["seat"]): (row["name"], row["stack"]) for row in rows}
    for game_id in edited:  # its ends are not explained by its actions: the starts hold
        for player in last[game_id]["Players"]:
            place = (game_id, player["PlayerNum"])
            wanted[place] = (player["Name"], player["StartStackAmt"])
    assert shown == wanted


async def check_accounts(watch: Watch, table: str, files: Files) -> dict[str, int]:
    """Every file has one outcome, no second copy said anything; returns how often which."""
    rows = await watch.rows("select * from views.sync_files where table_name = $1", table)
    (status,) = await watch.rows("select * from views.sync_status where entity_id = $1", table)
    counts = {
        "recorded": status["files_recorded"],
        "duplicate": status["skipped_duplicate"],
        "stale": status["skipped_stale"],
        "unchanged": status["skipped_unchanged"],
    }
    print(f"{table}: {counts}, {status['hands_revised']} hands revised")
    assert sum(counts.values()) == len(rows) == 2 * len(files)
    assert status["files_rejected"] == 0
    copies = {row["outcome"] for row in rows if row["path"].startswith("backup/")}
    assert copies == {"skipped"}
    assert counts["duplicate"] >= len(files)
    return counts


def golden_hands() -> dict[tuple[str, int], dict[str, Any]]:
    """The golden figures by hand."""
    with (real_data() / "golden_hands.jsonl").open() as lines:
        return {(g["game_id"], int(g["start_ticks"])): g for g in map(json.loads, lines)}


def golden_sums() -> dict[str, str]:
    """SHA-256 of every real file by its path."""
    files = json.loads((real_data() / "golden_files.json").read_text())["files"]
    return {name.removeprefix("table-GG/"): file["sha256"] for name, file in files.items()}


async def hands_of(watch: Watch, table: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Every hand of a table as the view shows it."""
    rows = await watch.rows("select * from views.hands where table_name = $1", table)
    return {(row["game_id"], row["start_ticks"]): row for row in rows}


def shown_as(value: Any, want: Any) -> Any:
    """A column in the form of the golden file: lists and objects decoded, ticks as text."""
    if isinstance(want, list | dict):
        return json.loads(value)
    return str(value) if isinstance(want, str) else value


async def test_the_real_exports_in_any_order_and_twice_give_the_golden_figures(
    show: System, watch: Watch
) -> None:
    files, golden = list(real_files()), golden_hands()
    for figures in golden.values():
        del figures[UNSHOWN]
        figures["busted"] = [bust["seat"] for bust in figures["busted"]]
    assert {path: sha256(data) for path, data in files} == golden_sums()

    await dropped_twice(watch, "GG", files)

    assert await watch.one("select count(*) from views.games where table_name = 'GG'") == 15
    shown = await hands_of(watch, "GG")
    assert shown.keys() == golden.keys()
    assert len(shown) == 701
    for key, want in golden.items():
        assert {name: shown_as(shown[key][name], want[name]) for name in want} == want
    await check_stacks(watch, "GG", told_hands(files))
    counts = await check_accounts(watch, "GG", files)
    assert counts["recorded"] >= 15


async def simulated(folder: Path) -> Files:
    """Exports of two days, with two older copies of the first game."""
    found: Files = []
    for hands in (9, 21, 60):
        share = folder / str(hands)
        options = PcOptions(
            out=share,
            tables=("quay",),
            seed=SEED,
            hands=hands,
            interval_s=0,
            hands_per_game=30,
            start=START,
            opened_records=0,
            quirks=Quirks(),
        )
        await run(options)
        for file in sorted((share / "quay").iterdir()):
            found.append((f"day{hands}/{file.name}", file.read_bytes()))
    assert len(found) == 4
    return found


async def test_simulated_exports_in_any_order_and_twice_give_every_hand_once(
    show: System, watch: Watch, tmp_path: Path
) -> None:
    files = await simulated(tmp_path)
    await dropped_twice(watch, "quay", files)

    hands = told_hands(sorted(files, key=lambda file: len(file[1])))
    shown = {key: row["digest"] for key, row in (await hands_of(watch, "quay")).items()}
    assert shown == {key: digest(hand) for key, hand in hands.items()}
    assert len(shown) == 60
    await check_stacks(watch, "quay", hands)
    counts = await check_accounts(watch, "quay", files)
    assert counts["recorded"] >= 2
