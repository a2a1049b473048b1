"""From names to people on real servers: suggested, verified by a person, shown, taken back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from bus.api import CommandContext, Head
from bus.run import Process
from contracts import persons
from contracts.messages.gfx_game import GameBound
from contracts.messages.override import LinkSuggested
from contracts.messages.override_commands import RemoveLink, VerifyLink
from contracts.poker.identity import player_hash
from services.override import app as override
from services.override.inputs.names import opened
from services.override.settings import OverrideSettings
from services.wsop_import import app as wsop_import
from services.wsop_import.settings import Settings as ImportSettings
from tests.support.gateway import Stage, running
from tests.support.gfx_facts import GAME, TABLE, recorded_hand, seen, walk
from tests.support.live_bus import PATIENCE_S, Facts, facts_of
from tests.support.people_facts import stack, started
from tests.support.wsop_files import player, players_json

EVENT = "E1"
NUMBER = 41
SEATS = {2: 5000, 5: 6000, 8: 7000}
EIGHT, TWO, FIVE = (
    persons.of_identity(player_hash(name, f"Ada {name}"))
    for name in ("Marchetti-Oduya", "Quillfeather", "Ostrander")
)
HAND = recorded_hand(walk(0, SEATS))
GAME_TOLD = [
    seen(), HAND, recorded_hand(walk(1, SEATS)),
    GameBound(game_id=GAME, event_id=EVENT, from_ticks="0", to_ticks=None),
]  # fmt: skip
PLAYERS = [
    player(1, name="ADA MARCHETTI ODUYA"), player(2, name="Ada Quillfeather"),
    player(3, name="Bo Thistlewood"),
]  # fmt: skip
FIRST, SECOND = "w-WP000001", "w-WP000002"


@asynccontextmanager
async def importing(system: Stage, folder: Path) -> AsyncIterator[None]:
    """The importer of the platform's files, quick and without rests."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    quick = {"wsop_quiet_s": 0.05, "wsop_poll_s": 0.02, "wsop_retry_s": 0.02}
    settings = ImportSettings.model_validate(
        {"wsop_folder": folder, **quick, **system.place.login("wsop-import")}
    )
    async with running("wsop-import", settings) as process:
        await wsop_import.main(process, settings)
        yield


@asynccontextmanager
async def suggesting(system: Stage, folder: Path, **more: Any) -> AsyncIterator[Process]:
    """The override service, which hardly rests before it suggests."""
    told = {
        "objects_url": system.place.objects,
        "work_dir": folder / "work",
        "reader_url": system.place.reader_dsn,
        "suggest_rest_s": 0.05,
        "suggest_interval_s": 0.1,
        "table_numbers": {TABLE: NUMBER},
    }
    settings = OverrideSettings.model_validate(told | system.place.login("override") | more)
    async with running("override", settings) as process:
        await override.main(process, settings)
        yield process


@pytest.fixture
async def facts(system: Stage) -> AsyncIterator[Facts]:
    async with facts_of(system.bus) as found:
        yield found


async def get(api: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(command: Any, person_id: str, player_id: str) -> Any:
    return command(person_id=person_id, wsop_player_id=player_id, reason="asked her")


async def ask(system: Stage, command: Any, command_id: str) -> int:
    context = CommandContext(command_id=command_id, actor="dana")
    answer = await system.gateway_bus.send(command, context)
    assert answer.refusal is None, answer.refusal
    return answer.sequence


def pairs(found: list[Any]) -> list[tuple[str, str, str]]:
    events = [fact.event for fact in found]
    return sorted((e.person_id, e.wsop_player_id, e.method) for e in events)


async def test_names_of_a_game_and_an_import_are_suggested_and_a_verified_one_is_shown(
    system: Stage, api: httpx.AsyncClient, facts: Facts, tmp_path: Path
) -> None:
    await system.say(*GAME_TOLD)
    folder = tmp_path / "drop"
    async with importing(system, folder), suggesting(system, tmp_path):
        await asyncio.to_thread((folder / "Players.json").write_bytes, players_json(*PLAYERS))
        found = await facts.until(LinkSuggested, 2)
        exact, normalised = (TWO, "WP000002", "exact"), (EIGHT, "WP000001", "normalised")
        assert pairs(found) == sorted([exact, normalised])

        before = await get(api, f"/players/{EIGHT}/hands")
        sequence = await ask(system, said(VerifyLink, EIGHT, "WP000001"), "verify")
        hands = await get(api, f"/players/{FIRST}/hands", min_seq=sequence)
        assert [(s["seat"], s["person_id"], s["name"]) for s in hands["items"]] == [
            (8, FIRST, "Marchetti-Oduya")
        ] * 2
        # An id that is in somebody's bookmarks still leads there.
        assert await get(api, f"/players/{EIGHT}/hands") == hands
        assert (await get(api, f"/players/{EIGHT}/statistics"))["person_id"] == FIRST
        chips = await get(api, f"/players/{FIRST}/chips")
        assert {each["ordinal"] for each in chips["items"]} == {0, 1}
        listed = (await get(api, "/identities"))["items"]
        assert {i["identity_id"]: i["person_id"] for i in listed} == {
            EIGHT: FIRST, TWO: TWO, FIVE: FIVE
        }  # fmt: skip

        sequence = await ask(system, said(RemoveLink, EIGHT, "WP000001"), "remove")
        assert await get(api, f"/players/{EIGHT}/hands", min_seq=sequence) == before
        # The player is known still, but no hand lists them any more.
        assert await get(api, f"/players/{FIRST}/hands") == {
            "items": [],
            "total": 0,
            "next_cursor": None,
        }


async def test_a_restarted_service_says_only_what_is_new(
    system: Stage, facts: Facts, tmp_path: Path
) -> None:
    await system.say(*GAME_TOLD)
    folder = tmp_path / "drop"
    async with importing(system, folder):
        await asyncio.to_thread((folder / "Players.json").write_bytes, players_json(*PLAYERS))
        async with suggesting(system, tmp_path):
            await facts.until(LinkSuggested, 2)
        async with suggesting(system, tmp_path):
            more = players_json(*PLAYERS, player(4, name="Ada Ostrander"))
            await asyncio.to_thread((folder / "later.json").write_bytes, more)
            found = await facts.until(LinkSuggested, 3)
    assert found[2].event.person_id == FIVE
    end = (await system.bus.head()).sequence
    await facts.up_to(end)
    assert len(facts.of(LinkSuggested)) == 3


async def test_a_common_seat_speaks_for_a_player_of_whom_a_table_knows_only_the_surname(
    system: Stage, facts: Facts, tmp_path: Path
) -> None:
    hand = msgspec.structs.replace(
        HAND.hand,
        seats=tuple(msgspec.structs.replace(s, long_name="") for s in HAND.hand.seats),
    )
    counted = stack("WP7", "Cleo Marchetti-Oduya", event_id=EVENT)
    row = msgspec.structs.replace(
        counted.rows[0], told=msgspec.structs.replace(counted.rows[0].told, table_num=NUMBER,
                                                      seat_num=8)
    )  # fmt: skip
    counted = msgspec.structs.replace(
        counted, rows=(row,), recorded_at=datetime.fromisoformat(hand.start_utc[:19] + "Z")
    )
    async with suggesting(system, tmp_path):
        await system.say(seen(), recorded_hand(hand), GAME_TOLD[-1], started(), counted)
        [found] = await facts.until(LinkSuggested)
    event = found.event
    assert (event.wsop_player_id, event.method, event.evidence.seats) == ("WP7", "co_occurrence", 1)


async def test_names_are_read_only_at_the_end_of_the_log_they_were_folded_from(
    system: Stage, tmp_path: Path
) -> None:
    await system.folded(await system.say(*GAME_TOLD))
    head = await system.bus.head()
    async with opened(system.place.reader_dsn, {}) as views:
        names = await views.names(head)
        assert names is not None
        assert {each.name for each in names.identities} == {
            "Marchetti-Oduya", "Quillfeather", "Ostrander"
        }  # fmt: skip
        assert await views.names(Head(head.log_id, head.sequence + 1)) is None
        assert await views.names(Head("another", head.sequence)) is None


async def test_without_a_database_people_are_answered_and_the_part_says_its_trouble(
    system: Stage, tmp_path: Path
) -> None:
    nowhere = "postgresql://reader@127.0.0.1:1/none"
    async with suggesting(system, tmp_path, reader_url=nowhere) as process:
        async with asyncio.timeout(PATIENCE_S):
            while "Refused" not in process.health.report()["suggester"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert await ask(system, said(VerifyLink, EIGHT, "WP1"), "verify") > 0
