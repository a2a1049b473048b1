"""The command reads the views of a real PostgreSQL and replaces one file, whole or not at all."""

import asyncio
import csv
import io
import json
import sys
import tomllib

import asyncpg
import msgspec
import pytest
import typer
from typer.testing import CliRunner

from bus import checkpoint
from bus.tables import Table
from contracts import persons
from contracts.messages.gfx_game import GameExcluded, SeatCorrected
from deploy.export.command import export
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.hands.store import SPEC as HANDS
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import GAME, said_about, snapshot, walk

STACKS = {2: 5000, 5: 6000, 8: 7000}
HANDS_PLAYED = [
    walk(0, STACKS),
    msgspec.structs.replace(walk(1, STACKS), variant="OMAHA"),
    walk(2, STACKS),
]

app = typer.Typer()
app.command()(export)


async def fill(dsn: str, *words) -> None:
    """Put what the folds make of three hands, one of them Omaha, into the tables.

    `words` are what people said about the game behind them.
    """
    facts = log_of(*said_about([snapshot("day1/game.json", HANDS_PLAYED)]), *words)
    for spec in (HANDS, CHIP_COUNTS):
        connection = await checkpoint.connect(dsn, "test")
        try:
            sql = spec.sql.read_text()
            await checkpoint.prepare(connection, spec.schema, spec.name, sql, spec.fingerprint)
            folding = Folding(spec.fold).apply(facts)
            for kind in spec.rows:
                await Table(kind, spec.schema).write(connection, folding.rows(kind))
        finally:
            await connection.close()


@pytest.fixture
def words():
    """What people said about the game; a test may say more."""
    return ()


@pytest.fixture
async def run(database, tmp_path, words):
    """Call `export` with arguments on a home that names the filled database."""
    await fill(database, *words)
    home = tmp_path / "home"
    home.mkdir()
    (home / "run.json").write_text(json.dumps({"postgres": database}))

    async def call(*arguments):
        told = [*arguments, "--home", str(home)]
        return await asyncio.to_thread(CliRunner().invoke, app, told)

    return call


async def test_what_can_be_told_is_written_and_the_rest_is_named_and_counted(run, tmp_path):
    out = tmp_path / "hands.phhs"
    result = await run("--format", "phh", "--out", str(out))
    assert result.exit_code == 1
    assert f"game {GAME} hand 1 (no. 2): NOLIMIT OMAHA is not no-limit hold'em" in result.stderr
    assert "2 hands written, 1 left out" in result.stderr
    sections = tomllib.loads(out.read_text())
    assert [each["_ordinal"] for each in sections.values()] == [0, 2]
    assert [each["_start_ticks"] for each in sections.values()] == [
        HANDS_PLAYED[0].start_ticks,
        HANDS_PLAYED[2].start_ticks,
    ]


async def test_without_a_file_the_hands_go_to_standard_output(run):
    result = await run("--format", "ohh")
    told = [json.loads(line) for line in result.stdout.split("\n") if line]
    assert [each["_ordinal"] for each in told] == [0, 2]


async def test_tables_have_every_hand(run, tmp_path):
    out = tmp_path / "hands.csv"
    result = await run("--format", "csv", "--out", str(out))
    assert (result.exit_code, result.stderr) == (0, "3 hands written, 0 left out\n")
    found = list(csv.DictReader(io.StringIO(out.read_text(), newline="")))
    assert [row["variant"] for row in found] == ["HOLDEM", "OMAHA", "HOLDEM"]
    assert [row["ordinal"] for row in found] == ["0", "1", "2"]


async def test_chip_counts_are_those_of_now(run, tmp_path):
    out = tmp_path / "chips.csv"
    await run("--format", "csv", "--what", "chips", "--out", str(out))
    found = list(csv.DictReader(io.StringIO(out.read_text(), newline="")))
    assert [(row["seat"], row["stack"]) for row in found] == [
        ("2", "5000"),
        ("5", "5900"),
        ("8", "7100"),
    ]


async def test_seats_name_their_people_and_hands_their_grades(run, tmp_path):
    out = tmp_path / "seats.csv"
    result = await run("--format", "csv", "--what", "seats", "--out", str(out))
    assert (result.exit_code, result.stderr) == (0, "9 seats written, 0 left out\n")
    found = list(csv.DictReader(io.StringIO(out.read_text(), newline="")))
    assert [row["seat"] for row in found[:3]] == ["2", "5", "8"]
    assert found[0]["person_id"] == persons.of_identity(found[0]["player_hash"])
    assert found[2]["hole_cards"] == "as 10d"
    hands = await run("--format", "csv")
    assert {row["grade"] for row in csv.DictReader(io.StringIO(hands.stdout))} == {"C"}


async def test_the_chip_history_states_every_stack_of_a_seat(run, tmp_path):
    out = tmp_path / "history.csv"
    result = await run("--format", "csv", "--what", "chip-history", "--out", str(out))
    assert result.stderr == "16 statements of chips written, 0 left out\n"
    found = list(csv.DictReader(io.StringIO(out.read_text(), newline="")))
    assert [(r["ordinal"], r["at"], r["chips"]) for r in found if r["seat"] == "8"] == [
        ("0", "start", "7000"),
        ("0", "end", "7100"),
        ("1", "start", "7000"),
        ("1", "end", "7100"),
        ("2", "start", "7000"),
        ("2", "end", "7100"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        (
            SeatCorrected(
                game_id=GAME,
                correction_id="c1",
                seat=8,
                from_ticks=HANDS_PLAYED[1].start_ticks,
                to_ticks=None,
                person_id="m-1",
                name="Vance",
                long_name="Cleo Vance",
                reason="swapped cards",
            ),
        )
    ],
)
async def test_a_corrected_seat_is_another_person_from_then_on(run):
    told = await run("--format", "csv", "--what", "seats")
    found = csv.DictReader(io.StringIO(told.stdout))
    assert [row["person_name"] for row in found if row["seat"] == "8"] == [
        "Marchetti-Oduya",
        "Vance",
        "Vance",
    ]


@pytest.mark.parametrize("words", [(GameExcluded(game_id=GAME, reason="rehearsal"),)])
@pytest.mark.parametrize("what", ["hands", "seats", "chips", "chip-history"])
async def test_an_excluded_game_is_left_out(run, what):
    told = await run("--format", "csv", "--what", what)
    assert told.exit_code == 0
    assert list(csv.DictReader(io.StringIO(told.stdout))) == []


@pytest.mark.parametrize(
    ("what", "rows"), [("hands", 3), ("seats", 9), ("chips", 3), ("chip-history", 16)]
)
async def test_parquet_reads_back(run, tmp_path, what, rows):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    result = await run("--format", "parquet", "--what", what, "--out", str(out))
    assert result.exit_code == 0, result.stderr
    assert parquet.read_table(out).num_rows == rows


async def test_without_its_package_parquet_is_refused_in_a_sentence(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = await run("--format", "parquet", "--out", str(tmp_path / "out.parquet"))
    assert result.exit_code == 1
    assert "Parquet needs the package pyarrow" in result.stderr
    assert list(tmp_path.glob("out*")) == []


async def test_only_the_game_asked_for_is_read_and_an_unknown_one_is_an_error(run, tmp_path):
    assert (await run("--format", "csv", "--game", GAME)).exit_code == 0
    out = tmp_path / "none.csv"
    result = await run("--format", "csv", "--game", "639700000000000009", "--out", str(out))
    assert result.exit_code == 1
    assert "no hands of game 639700000000000009 are known" in result.stderr
    assert list(tmp_path.glob("none*")) == []


async def test_an_export_that_fails_leaves_the_file_of_before(run, tmp_path, database):
    out = tmp_path / "hands.csv"
    out.write_text("from yesterday")
    connection = await asyncpg.connect(database)
    await connection.execute("drop view views.hands")
    await connection.close()
    result = await run("--format", "csv", "--out", str(out))
    assert result.exit_code == 1
    assert "views.hands" in result.stderr
    assert out.read_text() == "from yesterday"
    assert list(tmp_path.glob("*.part")) == []


def test_nothing_running_is_said_in_a_sentence(tmp_path):
    result = CliRunner().invoke(app, ["--format", "csv", "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "nothing runs on" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "phh", "--what", "chips"],
        ["--format", "ohh", "--what", "chip-history"],
        ["--format", "phh", "--out", "one.phh"],
        ["--format", "xlsx"],
        [],
    ],
)
def test_a_wrong_call_is_refused_before_anything_is_read(arguments, tmp_path):
    result = CliRunner().invoke(app, [*arguments, "--home", str(tmp_path)])
    assert result.exit_code == 2
