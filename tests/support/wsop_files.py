"""Export files as the tournament platform writes them, and an importer on a bus in memory."""

import asyncio
import csv
import io
import json
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bus.api import Bus, recorded
from bus.decide import DeciderRunner
from bus.memory import Log, MemoryBus
from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    EventsTold,
    ImportClosed,
    PlayersTold,
    StandingsTold,
)
from contracts.tournament import EventFields, PlayerFields
from services.wsop_import.domain import WsopDecider
from services.wsop_import.domain.arranging import merge
from services.wsop_import.domain.records import chip_key
from services.wsop_import.inputs.content import Content, Spool
from services.wsop_import.inputs.importer import Became, Importer

NOW = datetime(2031, 10, 19, 15, 0, tzinfo=UTC)
CONTENT_AT = datetime(2031, 10, 19, 14, 30, tzinfo=UTC)
EVENT = "HARBOUR-2031-ME"
MOMENT = "2031-10-19T17:20:00+03:00"
CHIP_COLUMNS = ("event_id", "wsop_player_id", "chip_count", "recorded_at")


def sample_folder() -> Path:
    """The folder of sample files; skips the test where it is absent."""
    sibling = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("RAILCAST_SHARED_DATA", sibling)) / "wsop"
    if not (folder / "Events.json").is_file():
        pytest.skip(f"no sample exports in {folder}; set RAILCAST_SHARED_DATA")
    return folder


def event(event_id: str = EVENT, **more: Any) -> dict[str, Any]:
    """One tournament event with what is required."""
    told = {"event_name": "Harbour Main Event", "start_date": "2031-10-15", "buy_in": 530_000}
    return {"event_id": event_id, **told, **more}


def player(number: int, **more: Any) -> dict[str, Any]:
    """One player with what is required."""
    return {"wsop_player_id": f"WP{number:06d}", "name": f"Orsolya Quill {number}", **more}


def events_json(*events: Any, **root: Any) -> bytes:
    """Events.json."""
    return json.dumps({**root, "events": events}).encode()


def players_json(*players: Any, **root: Any) -> bytes:
    """Players.json."""
    return json.dumps({**root, "players": players}, ensure_ascii=False).encode()


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()) -> bytes:
    """A CSV file; without named columns those of the first row."""
    rows = list(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns or list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def chip_row(number: int, chips: Any = 100_000, at: str = MOMENT, **more: Any) -> dict[str, Any]:
    """One row of ChipCounts.csv."""
    told = {"wsop_player_id": f"WP{number:06d}", "chip_count": chips, "recorded_at": at}
    return {"event_id": EVENT, **told, **more}


def standing_row(rank: int, chips: Any = 100_000, at: str = MOMENT, **more: Any) -> dict[str, Any]:
    """One row of Standings.csv."""
    told = {"snapshot_at": at, "rank": rank, "wsop_player_id": f"WP{rank:06d}"}
    return {"event_id": EVENT, **told, "chip_count": chips, **more}


def content(path: str, data: bytes) -> Content:
    """A content as a source hands it over."""
    spool = Spool(len(data))
    spool.add(data)
    return spool.content(path, CONTENT_AT)


class Imports:
    """An importer, and what the log holds of it."""

    def __init__(self, bus: Bus, log: Log, guide_event: str = "", gap_s: float = 0) -> None:
        self.bus = bus
        self.log = log
        self.decider = WsopDecider()
        self.runner = DeciderRunner(bus, self.decider, "wsop-import", clock=lambda: NOW)
        self.importer = Importer(bus, self.runner, self.decider, guide_event, gap_s)

    async def take(self, path: str, data: bytes) -> Became:
        """Import one content."""
        taken = content(path, data)
        try:
            return await self.importer.take(taken, final=True)
        finally:
            taken.close()

    @property
    def events(self) -> list[Event]:
        """Everything said, in order."""
        return [recorded(message).event for message in self.log.events]

    def said[E: Event](self, kind: type[E]) -> list[E]:
        """All events of a class."""
        return [event for event in self.events if isinstance(event, kind)]

    def closed(self) -> ImportClosed:
        """How the newest import ended."""
        return self.said(ImportClosed)[-1]


@asynccontextmanager
async def importing(log: Log | None = None, guide_event: str = "") -> AsyncIterator[Imports]:
    """An importer on a log in memory, which may hold something already."""
    log = log or Log()
    imports = Imports(MemoryBus(log, "wsop-import"), log, guide_event)
    async with following(imports):
        yield imports


@asynccontextmanager
async def following(imports: Imports) -> AsyncIterator[None]:
    """Runs the Decider of an importer."""
    async with imports.runner:
        follow = asyncio.create_task(imports.runner.follow())
        try:
            yield
        finally:
            follow.cancel()
            await asyncio.wait([follow])


def end_state(events: Iterable[Event]) -> dict[str, Any]:
    """What holds after these events, as any fold by key would have it."""
    found: dict[str, dict[Any, Any]] = {"events": {}, "players": {}, "chips": {}, "standings": {}}
    parts: dict[str, dict[Any, list[Any]]] = {}
    for said in events:
        match said:
            case EventsTold():
                for row in said.rows:
                    known = found["events"].get(row.event_id, EventFields())
                    found["events"][row.event_id] = merge(known, row.new)
            case PlayersTold():
                for each in said.rows:
                    before = found["players"].get(each.player_id, PlayerFields())
                    found["players"][each.player_id] = merge(before, each.new)
            case ChipCountsTold():
                for stack in said.rows:
                    key = chip_key(stack.player_id, stack.player_name)
                    found["chips"][said.event_id, said.recorded_at, key] = stack.told
            case StandingsTold():
                snapshots = parts.setdefault(said.import_id, {})
                rows = snapshots.setdefault((said.event_id, said.snapshot_at), [])
                rows += [msgspec.structs.replace(r, at="", player_known=True) for r in said.rows]
            case ImportClosed() if said.status != "abandoned":
                found["standings"] |= parts.pop(said.import_id, {})
            case ImportClosed():
                parts.pop(said.import_id, None)
            case _:
                pass
    return found
