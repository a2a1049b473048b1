"""Which tables there are, and that a changed registry takes effect without a restart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bus.decide import DeciderRunner
from bus.health import Health
from bus.memory import Log, MemoryBus
from contracts.messages.gfx_sync import TableRegistered, TableRemoved
from services.gfx_ingest.domain import GfxDecider
from services.gfx_ingest.inputs import tables as tables_module
from services.gfx_ingest.inputs.importer import Importer, Patience
from services.gfx_ingest.inputs.poller import Timing
from services.gfx_ingest.inputs.registry import (
    FILE_BYTES_MAX,
    TABLES_MAX,
    BadRegistry,
    Registry,
    WatchedTable,
)
from services.gfx_ingest.inputs.registry import (
    parse as parse_registry,
)
from services.gfx_ingest.inputs.tables import Tables
from services.gfx_ingest.inputs.watching import Rhythm, Watch
from tests.support.gfx_files import GAME_ID, file_name, game_file, hand

BASE = Path("/srv/tables")


def toml(*tables: dict[str, Any]) -> bytes:
    """A registry file."""
    lines = []
    for table in tables:
        lines.append("[[table]]")
        for key, value in table.items():
            text = str(value).lower() if isinstance(value, bool) else f"'{value}'"
            lines.append(f"{key} = {text}")
    return "\n".join(lines).encode()


def short(name: str, folder: str) -> WatchedTable:
    return WatchedTable(name=name, folder=Path(folder), time_zone=None)


def test_a_table_is_enabled_and_in_utc_unless_the_file_says_otherwise() -> None:
    one = {"name": "river", "folder": "river"}
    two = {"name": "lake", "folder": "/mnt/lake", "time_zone": "Asia/Nicosia", "enabled": False}

    assert parse_registry(toml(one, two), BASE) == (
        WatchedTable(name="river", folder=BASE / "river", time_zone="UTC"),
        WatchedTable(
            name="lake", folder=Path("/mnt/lake"), time_zone="Asia/Nicosia", enabled=False
        ),
    )
    assert parse_registry(b"", BASE) == ()


RIVER = {"name": "river", "folder": "/srv/river"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[[table", "table"),
        (b"\xff", "utf-8"),
        (b"[[tables]]\nname = 'x'", "unknown field `tables`"),
        (toml({"name": "river"}), "folder"),
        (toml(RIVER | {"folders": "x"}), "unknown field `folders`"),
        (toml(RIVER | {"time_zone": "Mars/Olympus"}), "not a time zone"),
        (toml(RIVER | {"time_zone": "../etc/passwd"}), "not a time zone"),
        (toml(RIVER | {"name": ""}), "not a name"),
        (toml(RIVER | {"name": "x" * 65}), "not a name"),
        (toml(RIVER, RIVER | {"folder": "/srv/lake"}), "named twice"),
        (toml(RIVER, {"name": "lake", "folder": "/srv/river/x"}), "belongs to two tables"),
        (toml({"name": "short", "folder": "/srv/lake"}), "named twice"),
        (toml({"name": "lake", "folder": "/srv/short/x"}), "belongs to two tables"),
        (b"#" * (FILE_BYTES_MAX + 1), "more than"),
        (
            toml(*({"name": f"t{n}", "folder": f"/t/{n}"} for n in range(TABLES_MAX))),
            "the limit is",
        ),
    ],
)
def test_a_registry_that_is_not_right_changes_nothing_and_says_why(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "tables.toml"
    file.write_bytes(toml({"name": "lake", "folder": "/srv/lake"}))
    registry = Registry([short("short", "/srv/short")], file)
    before = registry.look()
    file.write_bytes(data)

    assert registry.look() == before
    assert len(before) == 2
    assert reason in registry.trouble
    file.unlink()
    assert registry.look() == before
    assert "No such file" in registry.trouble
    file.write_bytes(b"")
    assert [table.name for table in registry.look()] == ["short"]
    assert registry.trouble == ""


@pytest.mark.parametrize(
    "tables",
    [
        [short("a", "/srv"), short("a", "/mnt")],
        [short("a", "/srv"), short("b", "/srv")],
        [short("a", "/srv"), short("b", "/srv/x")],
    ],
)
def test_tables_of_the_short_form_that_are_not_right_stop_the_start(
    tables: list[WatchedTable],
) -> None:
    with pytest.raises(BadRegistry):
        Registry(tables, None)


# A registry in use: a real folder, a log in memory.

RHYTHM = Rhythm(
    files=Timing(quiet_s=0.01, poll_s=0.01, retry_s=0.01, gone_s=9, bytes_max=100_000),
    timeout_s=60,
)
PATIENCE = Patience(tries_max=3, unchanged_s_max=1, bytes_max=100_000, depth_max=32)


class Signals(Health):
    """Tells a condition every word about a part."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Event()

    def beat(self, part: str) -> None:
        super().beat(part)
        self.changed.set()

    def trouble(self, part: str, reason: str) -> None:
        super().trouble(part, reason)
        self.changed.set()

    async def until(self, word: str) -> None:
        """Until the tables' health says this."""
        async with asyncio.timeout(20):
            while word not in self.report().get(tables_module.PART, ""):
                self.changed.clear()
                await self.changed.wait()


class Desk:
    """gfx-ingest's tables with a registry file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "tables.toml"
        self.log = Log()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        bus = MemoryBus(self.log, "gfx-ingest")
        self.runner = DeciderRunner(bus, GfxDecider(), "gfx-ingest")
        await self.runner.start()
        registry = Registry([], self.file)

        def watch(table: WatchedTable) -> Watch:
            importer = Importer(self.runner, table.name, table.folder, PATIENCE)
            return Watch(bus, self.runner, table, importer, RHYTHM)

        self.tables = Tables(self.runner, registry, watch, interval_s=3600)
        self.health = Signals()
        self._task = asyncio.create_task(self.tables.run(self.health))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def tell(self, **tables: bool) -> None:
        """Write the registry: name and whether it is enabled."""
        entries = [{"name": n, "folder": n, "enabled": on} for n, on in tables.items()]
        self.file.write_bytes(toml(*entries))

    def about(self, table: str) -> list[str]:
        """Names of the facts of a table."""
        prefix = f"evt.gfx.table.{table}."
        subjects = (message.subject for message in self.log.events)
        return [each.removeprefix(prefix) for each in subjects if each.startswith(prefix)]

    def hands(self) -> int:
        """How many hands were recorded."""
        return sum(message.subject.endswith(".hand_recorded") for message in self.log.events)

    async def until(self, enough: Callable[[], object]) -> None:
        async with asyncio.timeout(20), self.log.changed:
            await self.log.changed.wait_for(enough)


def write(folder: Path, *hands: int) -> None:
    """The game of a table, with these hands."""
    game_id = GAME_ID + len(folder.name)
    data = game_file(*map(hand, hands), game_id=game_id)
    (folder / file_name(game_id)).write_bytes(data)


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(tables_module, "LOOK_S", 0.02)
    for name in ("river", "lake"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, 0)
    desk = Desk(tmp_path)
    yield desk
    await desk.stop()


RUN = ["sync_scheduled", "sync_started", "sync_completed"]
BEGUN = [TableRegistered.TYPE.name, *RUN]


async def test_a_table_that_is_added_is_watched_and_one_that_is_removed_rests(desk: Desk) -> None:
    desk.tell(river=True)
    await desk.start()
    await desk.until(lambda: desk.about("river") == BEGUN)
    desk.tell(lake=True)
    await desk.until(lambda: "sync_completed" in desk.about("lake"))
    assert desk.about("river") == [*BEGUN, TableRemoved.TYPE.name]
    assert "table river" not in {task.get_name() for task in asyncio.all_tasks()}
    hands = desk.hands()
    write(desk.root / "river", 0, 1)
    write(desk.root / "lake", 0, 1)
    await desk.until(lambda: desk.hands() > hands)
    assert desk.hands() == hands + 1, "only the hand of the table that is watched"
    desk.tell(lake=True, river=True)
    await desk.until(lambda: desk.about("river").count("sync_completed") == 2)


async def test_a_table_that_is_switched_off_rests_until_it_is_on_again(desk: Desk) -> None:
    desk.tell(river=False)
    await desk.start()
    await desk.until(lambda: desk.about("river") == ["table_registered"])
    desk.tell(river=True)
    await desk.until(lambda: desk.about("river") == ["table_registered", *BEGUN])
    desk.tell(river=False)
    await desk.until(lambda: desk.about("river")[5:] == ["table_registered"])


async def test_a_table_with_another_folder_is_looked_through_anew(desk: Desk) -> None:
    desk.tell(river=True)
    await desk.start()
    await desk.until(lambda: "sync_completed" in desk.about("river"))
    desk.file.write_bytes(toml({"name": "river", "folder": "lake"}))
    await desk.until(lambda: desk.about("river").count("sync_completed") == 2)
    assert desk.about("river") == [*BEGUN, *RUN], "what was told of it is the same as before"


async def test_a_registry_that_cannot_be_used_is_trouble_and_removes_no_table(desk: Desk) -> None:
    desk.tell(river=True)
    await desk.start()
    await desk.health.until("ok")
    desk.file.write_bytes(b"[[table")
    await desk.health.until(str(desk.file))
    hands = desk.hands()
    write(desk.root / "river", 0, 1)
    await desk.until(lambda: desk.hands() > hands)
    assert desk.about("river") == BEGUN
    desk.tell(river=True)
    await desk.health.until("ok")


async def test_a_restart_with_a_registry_that_cannot_be_used_takes_no_table_back(
    desk: Desk,
) -> None:
    desk.tell(river=True)
    await desk.start()
    await desk.until(lambda: "sync_completed" in desk.about("river"))
    await desk.stop()
    desk.file.write_bytes(b"[[table")
    await desk.start()
    await desk.health.until(str(desk.file))
    assert desk.about("river") == BEGUN
    desk.tell(lake=True)
    await desk.until(lambda: desk.about("river") == [*BEGUN, "table_removed"])


async def test_the_health_names_the_table_whose_folder_is_away(desk: Desk) -> None:
    desk.tell(river=True, creek=True)
    await desk.start()
    await desk.health.until("creek: ")
    assert "river" not in desk.health.report()[tables_module.PART]
    (desk.root / "creek").mkdir()
    await desk.health.until("ok")
