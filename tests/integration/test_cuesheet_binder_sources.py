"""Where names, flags, places and prizes of a graphic come from, and what a take waits for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest

from bus.nats import NatsBus
from contracts.compositions import fields_of, read_data
from contracts.messages.cuesheet import Binding
from contracts.messages.gfx_game import GameUnbound
from contracts.messages.override import OverrideWithdrawn
from contracts.poker.hand import Action
from contracts.poker.ticks import ticks_to_utc
from deploy.local.servers import NatsServer, PostgresServer
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.events.store import SPEC as EVENTS
from projections.hands.store import SPEC as HANDS
from projections.unified_players.store import SPEC as UNIFIED_PLAYERS
from services.cuesheet.app import BusClock
from services.cuesheet.inputs.binder import Binder, MissingBinding
from tests.support.gfx_facts import GAME, NAMES, recorded_hand, seen, ticks, walk
from tests.support.live_bus import PATIENCE_S, new_log, say
from tests.support.people import override_set
from tests.support.people_facts import started, told
from tests.support.read_models import folding
from tests.support.tournament import (
    Imports,
    bound,
    chips,
    identity,
    linked,
    payout,
    place,
    player_id,
    unlinked,
)

SHORT, LONG = 5, 8
TABLE = ("table_leaderboard", {"game_id": GAME})
FLOW = ("chip_flow", {"game_id": GAME, "seat": LONG})
RISK = ("at_risk", {"game_id": GAME, "seat": SHORT})
FIGURES = {"players_left": 12, "prize_cents": 450_000}
KNOWN = ("at_risk", RISK[1] | FIGURES)
# When the hand that the strap is about begins.
BEGAN = datetime.fromisoformat(ticks_to_utc(ticks(2)))


def all_in():
    """The third hand: the small blind of 100 is all that seat 5 has left."""
    hand = walk(2, {2: 4_000, SHORT: 100, LONG: 5_100}, settled=False)
    return msgspec.structs.replace(hand, actions=(Action(kind="FOLD", seat=2),))


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        stacks = [{2: 5_000, SHORT: 6_000, LONG: 7_000}, {2: 4_000, SHORT: 9_000, LONG: 5_000}]
        hands = [walk(number, each) for number, each in enumerate(stacks)] + [all_in()]
        await say(bus, seen(), *(recorded_hand(hand, n) for n, hand in enumerate(hands)))
        yield bus


@pytest.fixture
def reader_dsn(postgres_server: PostgresServer, database: str) -> str:
    """The test's database as the role that may only read the views."""
    path = urlsplit(database).path
    return urlsplit(postgres_server.reader_dsn)._replace(path=path).geturl()


@pytest.fixture
async def binder(log: NatsBus, reader_dsn: str) -> AsyncIterator[Binder]:
    """Patient: it waits as long as a test may take."""
    binder = Binder(reader_dsn, BusClock(log), PATIENCE_S)
    yield binder
    await binder.close()


@pytest.fixture
async def hasty(log: NatsBus, reader_dsn: str) -> AsyncIterator[Binder]:
    """Gives up at once where it has to wait for a fact that nobody folds."""
    binder = Binder(reader_dsn, BusClock(log), 0.3)
    yield binder
    await binder.close()


@pytest.fixture
async def folded(bus_urls: NatsServer, log: NatsBus, database: str) -> AsyncIterator[None]:
    async with folding(bus_urls, database):
        yield


def shown(binding: Binding):
    return fields_of(read_data(binding.composition, binding.data))


def flags(binding: Binding) -> dict[int, str | None]:
    return {row["seat"]: row["country"] for row in binding.data["rows"]}


def names(binding: Binding) -> dict[int, str]:
    return {row["seat"]: row["name"] for row in binding.data["rows"]}


def players() -> list[object]:
    """The platform tells of whoever sits in both seats, under other names, and where from."""
    return [
        started(),
        told(player_id(1), name="Ivana Petrović", country_code="HRV"),
        told(player_id(2), "/players/1", name="Bo Løkke", country_code="DK"),
    ]


async def test_a_link_shows_the_players_name_and_flag_and_its_removal_restores_the_graphic(
    folded: None, log: NatsBus, binder: Binder
):
    cues = (TABLE, FLOW, KNOWN)
    await say(log, *players())
    before = [await binder.bind(*cue) for cue in cues]
    assert set(flags(before[0]).values()) == {None}
    await say(log, linked(LONG, 1), linked(SHORT, 2))

    table, flow, risk = [await binder.bind(*cue) for cue in cues]

    assert (names(table)[LONG], flags(table)[LONG]) == ("Ivana Petrović", "HRV")
    assert (names(table)[SHORT], flags(table)[SHORT]) == ("Bo Løkke", "DK")
    # The surname stays the one the table has.
    assert (shown(flow).surname, shown(flow).flag) == (NAMES[LONG % 5].upper(), "HR")
    assert (shown(risk).name, shown(risk).flag) == (NAMES[SHORT % 5].upper(), "DK")

    await say(log, unlinked(LONG, 1), unlinked(SHORT, 2))
    after = [await binder.bind(*cue) for cue in cues]
    assert [each.field_hash for each in after] == [each.field_hash for each in before]


@pytest.mark.parametrize("cue", [TABLE, FLOW, KNOWN], ids=lambda cue: str(cue[0]))
async def test_an_override_said_just_before_a_take_is_waited_for_and_shown(
    bus_urls: NatsServer,
    log: NatsBus,
    database: str,
    binder: Binder,
    cue: tuple[str, dict[str, object]],
):
    async with folding(bus_urls, database):
        before = await binder.bind(*cue)
    seat = SHORT if cue is KNOWN else LONG
    said = override_set(person_id=identity(seat), field="name_short", value="Quartz")
    if cue is TABLE:
        said = msgspec.structs.replace(said, field="name", value="Ada Quartz")
    await say(log, said)

    binding = asyncio.create_task(binder.bind(*cue))
    async with folding(bus_urls, database):
        during = await binding

    assert "QUARTZ" in str(shown(during))
    gone = {"person_id": said.person_id, "override_id": said.override_id, "field": said.field}
    await say(log, OverrideWithdrawn(**gone, reason="enough"))
    async with folding(bus_urls, database):
        assert (await binder.bind(*cue)).field_hash == before.field_hash


async def test_a_country_that_the_platform_just_told_is_waited_for(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder
):
    await say(log, linked(LONG, 1))
    async with folding(bus_urls, database):
        await binder.bind(*TABLE)
    await say(log, *players())

    binding = asyncio.create_task(binder.bind(*TABLE))
    async with folding(bus_urls, database):
        assert flags(await binding)[LONG] == "HRV"


async def test_counts_of_chips_are_waited_for_by_nothing(
    bus_urls: NatsServer, log: NatsBus, database: str, hasty: Binder, binder: Binder
):
    told_of = Imports("e").events(payouts=(payout(10, 39, 450_000),))
    await say(log, bound(), *told_of)
    async with folding(bus_urls, database):
        before = [await binder.bind(*cue) for cue in (TABLE, FLOW, RISK_OF_12)]
    counts = Imports("c").counts(BEGAN, [chips(n, 1_000) for n in range(1, 400)])
    # The import is still under way.
    await say(log, *counts[:-1])

    after = [await hasty.bind(*cue) for cue in (TABLE, FLOW, RISK_OF_12)]

    assert after == before


RISK_OF_12 = ("at_risk", RISK[1] | {"players_left": 12})


async def test_place_and_prize_are_those_of_the_event_that_the_game_is_bound_to(
    folded: None, log: NatsBus, binder: Binder
):
    bands = (payout(1, 9, 9_000_000), payout(10, 39, 450_000))
    imports, rows = Imports(), [place(1, 1, 900), place(2, 2, 800)]
    # Another event runs beside it.
    await say(log, *imports.events("LAGOON-2031", payouts=(payout(1, 39, 1_100),)))
    await say(log, *imports.standings(BEGAN, rows, 30, event_id="LAGOON-2031"))
    with pytest.raises(MissingBinding, match="bound to no event: set players_left"):
        await binder.bind(*RISK)
    await say(log, *imports.events(payouts=bands), bound())
    with pytest.raises(MissingBinding, match="event HARBOUR-2031-ME neither: set players_left"):
        await binder.bind(*RISK)

    async def strap(*said: object) -> tuple[str, list[str]]:
        await say(log, *said)
        binding = await binder.bind(*RISK)
        return shown(binding).text.partition(" - ")[2], binding.data["warnings"]

    after = imports.standings(BEGAN + timedelta(seconds=1), rows, 11)
    assert await strap(*after) == (
        "11TH ($4,500)",
        ["that 11 players are left was said after this hand began"],
    )
    before = imports.standings(BEGAN - timedelta(minutes=9), rows, 12)
    assert await strap(*before) == ("12TH ($4,500)", [])
    assert await strap(*imports.events(payouts=(payout(1, 39, 500_000),))) == ("12TH ($5,000)", [])
    assert await strap(*imports.events(payouts=(payout(1, 9, 500_000),))) == ("12TH", [])
    newer = imports.events(at=BEGAN - timedelta(minutes=1), players_remaining=9)
    assert await strap(*newer) == ("9TH ($5,000)", [])
    taken_back = imports.events(at=BEGAN - timedelta(seconds=1), players_remaining=None)
    assert await strap(*taken_back) == ("12TH", [])
    counted = imports.standings(BEGAN, rows)
    with pytest.raises(MissingBinding, match=r"list 2 with chips.* set players_left"):
        await strap(*counted)
    assert shown(await binder.bind(*RISK_OF_12)).text.endswith("12TH")
    with pytest.raises(MissingBinding, match="bound to no event"):
        await strap(GameUnbound(game_id=GAME, from_ticks="0"))


async def test_a_strap_names_every_read_model_it_is_made_of(
    folded: None, log: NatsBus, binder: Binder
):
    head = await say(log, bound(), *Imports().events(payouts=(payout(1, 39, 450_000),)))

    made, told_all = await binder.bind(*RISK_OF_12), await binder.bind(*KNOWN)

    assert made.checkpoints.keys() == {"hands", "unified_players", "events"}
    assert made.checkpoints["events"] >= head
    assert told_all.checkpoints.keys() == {"hands", "unified_players"}


@pytest.mark.parametrize(
    ("missing", "refused", "kept"),
    [
        (UNIFIED_PLAYERS, (TABLE, FLOW, KNOWN), ()),
        (CHIP_COUNTS, (TABLE,), (FLOW, KNOWN)),
        (HANDS, (FLOW, KNOWN), (TABLE,)),
        (EVENTS, (RISK_OF_12,), (TABLE, FLOW, KNOWN)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_a_read_model_that_stands_still_refuses_what_is_made_of_it_and_nothing_else(
    bus_urls: NatsServer, log: NatsBus, database: str, hasty: Binder, binder: Binder, missing,
    refused, kept,
):  # fmt: skip
    others = [s for s in (HANDS, CHIP_COUNTS, UNIFIED_PLAYERS, EVENTS) if s is not missing]
    await say(log, bound(), *Imports().events(payouts=(payout(1, 39, 450_000),)))
    async with folding(bus_urls, database, others):
        for cue in kept:
            await binder.bind(*cue)
        for cue in refused:
            with pytest.raises(MissingBinding, match=f"{missing.name}.* did not reach the log"):
                await hasty.bind(*cue)


async def set_aside(database: str, schema: str, block_key: str) -> None:
    """A fact that could not be folded waits in a read model."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        f"insert into {schema}.parked values (9, $1, 'evt.x.y.z.told', 'why')", block_key
    )
    await connection.close()


async def test_people_with_a_fact_set_aside_are_shown_with_a_warning(
    folded: None, database: str, binder: Binder
):
    cues = (TABLE, FLOW, KNOWN)
    before = [await binder.bind(*cue) for cue in cues]
    await set_aside(database, UNIFIED_PLAYERS.schema, "people")

    after = [await binder.bind(*cue) for cue in cues]

    assert [each.data["warnings"] for each in before] == [[], [], []]
    assert ["may be old" in str(each.data["warnings"]) for each in after] == [True, True, True]
    assert [each.field_hash for each in after] == [each.field_hash for each in before]


async def test_an_event_with_a_fact_set_aside_gives_no_place_and_no_prize(
    folded: None, log: NatsBus, database: str, binder: Binder
):
    await say(log, bound(), *Imports().events(payouts=(payout(1, 39, 450_000),)))
    await binder.bind(*RISK_OF_12)
    await set_aside(database, EVENTS.schema, "wsop")

    with pytest.raises(MissingBinding, match="prizes may be old: set players_left and prize_cents"):
        await binder.bind(*RISK_OF_12)
    assert shown(await binder.bind(*KNOWN)).place == "12TH"
