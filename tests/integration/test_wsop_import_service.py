"""wsop-import on a real bus, logged in as itself: files in, facts and notices out, restarts."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bus import pulse
from bus.api import CommandContext
from bus.memory import Log
from bus.nats import NatsBus
from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    EventsTold,
    ImportClosed,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    PlayersTold,
    RowsRejected,
)
from contracts.messages.wsop_sync import (
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncScheduled,
    SourceSyncStarted,
    TriggerImport,
)
from deploy.local.servers import NatsServer
from services.wsop_import.app import NAME, main
from services.wsop_import.settings import Settings
from tests.support.live_bus import (
    PATIENCE_S,
    Facts,
    bus_as,
    collect,
    dead_letters,
    facts_of,
    new_log,
    running,
)
from tests.support.wsop_files import (
    Imports,
    chip_row,
    end_state,
    event,
    events_json,
    following,
    importing,
    player,
    players_json,
    sample_folder,
    standing_row,
    table,
)


@pytest.fixture
async def bus(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@asynccontextmanager
async def service(server: NatsServer, folder: Path, **more: Any) -> AsyncIterator[None]:
    """The service with a folder, quick and without rests."""
    told = {"wsop_folder": folder, "wsop_quiet_s": 0.05, "wsop_poll_s": 0.02, "wsop_retry_s": 0.02}
    settings = Settings.model_validate(told | {"wsop_malformed_s": 0.1} | more)
    async with running(server, NAME, lambda process: main(process, settings)):
        yield


async def closed(facts: Facts, count: int) -> list[ImportClosed]:
    """The first imports that are closed."""
    found = await facts.until(ImportClosed, count)
    return [fact.event for fact in found if isinstance(fact.event, ImportClosed)]


async def test_the_sample_files_are_taken_in_in_order_and_not_again(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path
) -> None:
    samples = sample_folder()
    for name in ("Standings.csv", "ChipCounts.csv", "Players.json", "Events.json"):
        (tmp_path / name).write_bytes((samples / name).read_bytes())
    async with facts_of(bus) as facts:
        async with service(bus_urls, tmp_path):
            found = await closed(facts, 4)
            assert [(each.kind, each.rows, each.status) for each in found] == [
                ("events", 1, "completed"),
                ("players", 60, "completed"),
                ("chip_counts", 48, "completed"),
                ("standings", 40, "completed"),
            ]
            (tmp_path / "archive").mkdir()
            (tmp_path / "archive" / "p.json").write_bytes((samples / "Players.json").read_bytes())
            await facts.until(ImportSkipped)
        async with service(bus_urls, tmp_path):
            (tmp_path / "new.csv").write_bytes(table([chip_row(1)]))
            await closed(facts, 5)
        assert len(facts.of(ImportStarted)) == 5
        assert await dead_letters(bus) == 0


async def test_three_bad_rows_of_each_kind_are_listed_and_the_good_ones_told(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path
) -> None:
    files = {
        "e.json": events_json(
            event(), event("E2", buy_in="x"), {"event_id": "E3"}, event("E4", rake=-1)
        ),
        "p.json": players_json(player(1), player(2, name=""), player(3, wsop_cashes=-1), 7),
        "c.csv": table([chip_row(1), chip_row(2, -1), chip_row(3, "x"), chip_row(4, at="noon")]),
        "s.csv": table(
            [standing_row(1), standing_row(0), standing_row(2, ""), standing_row(3, -1)]
        ),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    async with facts_of(bus) as facts, service(bus_urls, tmp_path):
        found = await closed(facts, 4)
        assert {(each.status, each.rows, each.counts.rejected) for each in found} == {
            ("partial", 4, 3)
        }
        listed = [f.event for f in facts.of(RowsRejected) if isinstance(f.event, RowsRejected)]
        assert [sorted({x.at for x in each.findings}) for each in listed] == [
            ["/events/1", "/events/2", "/events/3"],
            ["/players/1", "/players/2", "/players/3"],
            ["3", "4", "5"],
            ["3", "4", "5"],
        ]
        state = end_state(fact.event for fact in facts.seen)
        assert {name: len(rows) for name, rows in state.items()} == {
            "events": 1,
            "players": 1,
            "chips": 1,
            "standings": 1,
        }


async def test_a_trigger_starts_a_run_of_every_kind_and_screens_hear_of_it(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path
) -> None:
    async with (
        facts_of(bus) as facts,
        bus.watch("sync-status.wsop.>") as notices,
        service(bus_urls, tmp_path),
        bus_as(bus_urls, "gateway") as gateway,
    ):
        await facts.until(SourceSyncCompleted, 4)
        command = TriggerImport(kind="all", sync_id="wanted")
        context = CommandContext(command_id="c-1", actor="dana")
        for _ in range(2):
            answer = await gateway.send(command, context)
            assert answer.refusal is None
        await facts.until(SourceSyncCompleted, 8)
        asked = [f for f in facts.of(SourceSyncScheduled) if f.envelope.actor == "dana"]
        assert len(asked) == 4
        said = await collect(
            notices, lambda m: m.subject.endswith("standings") and b"sync:completed" in m.data
        )
        bodies = [msgspec.json.decode(message.data) for message in said]
        assert {body["kind"] for body in bodies} >= {"standings"}
        one = TriggerImport(kind="players", sync_id="again")
        answer = await gateway.send(one, CommandContext(command_id="c-2", actor="dana"))
        assert answer.said == 1


async def test_a_kind_that_is_not_fetched_refuses_a_trigger(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path
) -> None:
    off = {"wsop_events_interval_s": 0}
    async with service(bus_urls, tmp_path, **off), bus_as(bus_urls, "gateway") as gateway:
        command = TriggerImport(kind="events", sync_id="wanted")
        answer = await gateway.send(command, CommandContext(command_id="c-1", actor="dana"))
        assert answer.refusal is not None
        assert answer.refusal.reason == "source_disabled"


async def test_a_service_stopped_in_the_middle_goes_on_where_it_was(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.wsop_import.domain.importing.FACTS_MAX", 1)
    rows = [chip_row(number, number) for number in range(4000)]
    (tmp_path / "c.csv").write_bytes(table(rows))
    async with facts_of(bus) as facts:
        async with service(bus_urls, tmp_path, wsop_append_gap_s=0.05):
            await facts.until(ChipCountsTold, 2)
        assert not facts.of(ImportClosed)
        async with service(bus_urls, tmp_path, wsop_append_gap_s=0):
            (end,) = await closed(facts, 1)
        told = [f.event for f in facts.of(ChipCountsTold) if isinstance(f.event, ChipCountsTold)]
        lines = [row.at for each in told for row in each.rows]
        assert lines == [str(number) for number in range(2, 4002)]
        assert (end.counts.created, end.status) == (4000, "completed")
        assert len(facts.of(ImportStarted)) == 1


async def test_a_correction_is_found_by_reading_the_log(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path
) -> None:
    rows = [chip_row(number, number) for number in range(500)]
    async with facts_of(bus) as facts:
        async with service(bus_urls, tmp_path):
            (tmp_path / "c.csv").write_bytes(table(rows))
            await closed(facts, 1)
        async with service(bus_urls, tmp_path):
            rows[250]["chip_count"] = 7
            (tmp_path / "c.csv").write_bytes(table(rows))
            found = await closed(facts, 2)
        told = facts.of(ChipCountsTold)[-1].event
        assert isinstance(told, ChipCountsTold)
        (row,) = told.rows
        assert row.before is not None
        assert (row.at, row.before.chip_count, row.told.chip_count) == ("252", 250, 7)
        assert (found[1].counts.corrected, found[1].counts.unchanged) == (1, 499)


async def test_two_instances_take_in_each_file_once_and_end_like_one(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.wsop_import.domain.importing.FACTS_MAX", 1)
    files = {"day/e.json": events_json(event(timezone="Asia/Nicosia"))}
    for number in range(2):
        people = (player(n, city=f"City {number}") for n in range(250))
        files[f"day/p{number}.json"] = players_json(*people)
    for number in range(3):
        rows = (chip_row(n, n + number, at="2031-10-19 17:20:00") for n in range(600))
        files[f"day/{number}.csv"] = table(rows)
    staged, folder = tmp_path / "staged", tmp_path / "folder"
    folder.mkdir()
    staged.mkdir()
    for path, data in files.items():
        (staged / Path(path).name).write_bytes(data)
    (staged / "bad.csv").write_bytes(b"hello,world\n")
    async with (
        facts_of(bus) as facts,
        service(bus_urls, folder, wsop_append_gap_s=0.001),
        service(bus_urls, folder, wsop_append_gap_s=0.001),
        asyncio.timeout(PATIENCE_S),
    ):
        staged.rename(folder / "day")
        await closed(facts, len(files))
        await facts.until(ImportRejected)
    async with importing() as single:
        begun = [f.event for f in facts.of(ImportStarted) if isinstance(f.event, ImportStarted)]
        for each in begun:
            await single.take(each.file.path, files[each.file.path])
    assert [each.file.path for each in begun] == list(files), "in the order of their kinds"
    said = [fact.event for fact in facts.seen]
    assert end_state(said) == end_state(single.events)
    assert row_facts(said) == row_facts(single.events)


async def test_two_instances_that_take_in_different_files_wait_for_each_other(
    bus: NatsBus, bus_urls: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.wsop_import.domain.importing.FACTS_MAX", 1)
    monkeypatch.setattr("services.wsop_import.domain.telling.ROWS_MAX", 20)
    files = {
        f"{number}.json": players_json(*(player(n, city=f"City {number}") for n in range(200)))
        for number in range(4)
    }

    async def take(imports: Imports, paths: Iterable[str]) -> None:
        for path in paths:
            await imports.take(path, files[path])

    async with facts_of(bus) as facts, AsyncExitStack() as stack:
        pair = []
        for _ in range(2):
            own = await stack.enter_async_context(bus_as(bus_urls, NAME))
            pair.append(Imports(own, Log()))
            await stack.enter_async_context(following(pair[-1]))
        await asyncio.gather(take(pair[0], files), take(pair[1], reversed(files)))
        await closed(facts, len(files))
    async with importing() as single:
        begun = [f.event for f in facts.of(ImportStarted) if isinstance(f.event, ImportStarted)]
        await take(single, [each.file.path for each in begun])
    assert row_facts(f.event for f in facts.seen) == row_facts(single.events)


def row_facts(events: Iterable[Event]) -> list[Any]:
    """Every row that was told, with all it says, in order."""
    return [
        msgspec.to_builtins(row)
        for event in events
        if isinstance(event, EventsTold | PlayersTold | ChipCountsTold)
        for row in event.rows
    ]


async def test_an_instance_that_starts_leaves_the_run_of_another_one_alone_until_it_is_gone(
    bus: NatsBus, bus_urls: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "BEAT_S", 0.05)
    monkeypatch.setattr(pulse, "SILENCE_S_MAX", 0.5)
    half = {"wsop_malformed_s": 1000.0} | {
        f"wsop_{kind}_interval_s": 0 for kind in ("events", "chip_counts", "standings")
    }
    (tmp_path / "p.json").write_bytes(players_json(player(1))[:-5])
    async with facts_of(bus) as facts, bus.watch("sync-status.wsop.players") as notices:
        async with service(bus_urls, tmp_path, **half):
            (begun,) = await facts.until(SourceSyncStarted)
            async with service(bus_urls, tmp_path, **half):
                for _ in range(30):
                    await collect(notices, lambda message: b"sync:restored" in message.data)
            (tmp_path / "p.json").write_bytes(players_json(player(1)))
            (done,) = await facts.until(SourceSyncCompleted)
            assert done.event.sync_id == begun.event.sync_id
        (tmp_path / "p.json").write_bytes(players_json(player(2))[:-5])
        async with service(bus_urls, tmp_path, **half):
            (_, gone) = await facts.until(SourceSyncStarted, 2)
        assert not facts.of(SourceSyncFailed)
        (tmp_path / "p.json").write_bytes(players_json(player(2)))
        async with service(bus_urls, tmp_path, **half):
            (failed,) = await facts.until(SourceSyncFailed)
            await facts.until(SourceSyncCompleted, 2)
        assert failed.event.sync_id == gone.event.sync_id
