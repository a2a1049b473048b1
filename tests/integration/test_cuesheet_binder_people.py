"""Graphics of one person, bound to the read models: whom people say it is, and up to which fact."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import msgspec
import pytest

from bus.nats import NatsBus
from contracts import persons
from contracts.compositions import fields_of, read_data
from contracts.messages.cuesheet import Binding, HandPoint
from contracts.messages.gfx_game import (
    GameExcluded,
    GameIncluded,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.messages.override import LinkVerified
from contracts.poker.hand import Action
from contracts.poker.identity import player_hash
from deploy.local.servers import NatsServer, PostgresServer
from services.cuesheet.app import BusClock
from services.cuesheet.inputs.binder import Binder, MissingBinding
from tests.support.gfx_facts import GAME, NAMES, recorded_hand, seen, ticks, walk
from tests.support.live_bus import PATIENCE_S, new_log, say
from tests.support.read_models import folding

FIRST = {2: 5_000, 5: 6_000, 8: 7_000}
SECOND = {2: 4_000, 5: 9_000, 8: 5_000}
SHORT, LONG = 5, 8
NEWCOMER = persons.of_operator("1")
FLOW = {"game_id": GAME, "seat": LONG}
RISK = {"game_id": GAME, "seat": SHORT, "players_left": 12, "prize_cents": 450_000}


def all_in():
    """The third hand: the small blind of 100 is all that seat 5 has left."""
    hand = walk(2, {2: 4_000, SHORT: 100, LONG: 5_100}, settled=False)
    return msgspec.structs.replace(hand, actions=(Action(kind="FOLD", seat=2),))


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        await say(bus, seen(), *(recorded_hand(walk(n, s), n) for n, s in enumerate([FIRST])))
        await say(bus, recorded_hand(walk(1, SECOND), 1), recorded_hand(all_in(), 2))
        yield bus


@pytest.fixture
async def binder(
    log: NatsBus, postgres_server: PostgresServer, database: str
) -> AsyncIterator[Binder]:
    """Reads as the role that may only read the views."""
    path = urlsplit(database).path
    dsn = urlsplit(postgres_server.reader_dsn)._replace(path=path).geturl()
    binder = Binder(dsn, BusClock(log), PATIENCE_S)
    yield binder
    await binder.close()


@pytest.fixture
async def folded(bus_urls: NatsServer, log: NatsBus, database: str) -> AsyncIterator[None]:
    async with folding(bus_urls, database):
        yield


def shown(binding: Binding):
    return fields_of(read_data(binding.composition, binding.data))


def corrected(seat: int) -> SeatCorrected:
    """A newcomer sat there, from the beginning on."""
    return SeatCorrected(
        game_id=GAME,
        correction_id=f"c{seat}",
        seat=seat,
        from_ticks="0",
        to_ticks=None,
        person_id=NEWCOMER,
        name="Okonkwo",
        long_name="Uche Okonkwo",
        reason="typed on the wrong seat",
    )


async def test_a_chip_flow_is_bound_to_the_hands_of_the_person_in_a_seat(
    folded: None, binder: Binder
):
    binding = await binder.bind("chip_flow", FLOW)

    fields = shown(binding)
    # The third hand is not settled, so it adds no point.
    assert (fields.series, fields.surname) == ((7_100, 5_100), NAMES[LONG % 5].upper())
    assert binding.point == HandPoint(game_id=GAME, ordinal=2, at="end")
    assert binding.checkpoints.keys() == {"hands", "unified_players"}


async def test_a_person_alone_is_enough_and_every_fact_of_every_game_is_waited_for(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder
):
    async with folding(bus_urls, database):
        by_seat = await binder.bind("chip_flow", FLOW)
    head = await say(log, corrected(LONG))

    binding = asyncio.create_task(binder.bind("chip_flow", {"person_id": NEWCOMER}))
    async with folding(bus_urls, database):
        by_person = await binding

    assert by_person.point == by_seat.point
    assert shown(by_person).series == shown(by_seat).series
    assert by_person.checkpoints["hands"] >= head


async def test_a_cue_made_for_an_identity_shows_the_player_it_was_linked_to_meanwhile(
    log: NatsBus, bus_urls: NatsServer, database: str, binder: Binder
):
    hand = walk(0, FIRST)
    named = {seat.seat: player_hash(seat.name, seat.long_name) for seat in hand.seats}
    flow = {"game_id": GAME, "person_id": persons.of_identity(named[LONG])}
    risk = {"person_id": persons.of_identity(named[SHORT]), "game_id": GAME, "players_left": 12}
    async with folding(bus_urls, database):
        before = shown(await binder.bind("chip_flow", flow))
    for seat in (LONG, SHORT):
        await say(
            log,
            LinkVerified(
                person_id=persons.of_identity(named[seat]),
                wsop_player_id=f"P{seat}",
                confidence=None,
                method=None,
                reason="checked",
            ),
        )
    async with folding(bus_urls, database):
        assert shown(await binder.bind("chip_flow", flow)).series == before.series
        assert shown(await binder.bind("at_risk", risk)).name == NAMES[SHORT % 5].upper()


async def test_a_strap_names_who_is_at_risk_in_the_last_hand(folded: None, binder: Binder):
    fields = shown(await binder.bind("at_risk", RISK))

    assert fields.name == NAMES[SHORT % 5].upper()
    assert fields.text == "AT RISK OF ELIMINATION - 12TH ($4,500)"
    with pytest.raises(MissingBinding, match=rf"not at risk .*{NAMES[SHORT % 5]}"):
        await binder.bind("at_risk", RISK | {"seat": LONG})


async def test_a_seat_correction_names_another_person_until_it_is_withdrawn(
    folded: None, log: NatsBus, binder: Binder
):
    cues = (("chip_flow", FLOW), ("at_risk", RISK), ("table_leaderboard", {"game_id": GAME}))
    before = [await binder.bind(kind, cue) for kind, cue in cues]
    await say(log, corrected(LONG))
    await say(log, SeatCorrectionWithdrawn(game_id=GAME, correction_id=f"c{LONG}", reason="no"))
    await say(log, corrected(LONG))

    flow, _, table = [await binder.bind(kind, cue) for kind, cue in cues]

    assert shown(flow).surname == "OKONKWO"
    assert [row["name"] for row in table.data["rows"] if row["seat"] == LONG] == ["Uche Okonkwo"]
    await say(log, SeatCorrectionWithdrawn(game_id=GAME, correction_id=f"c{LONG}", reason="no"))
    after = [await binder.bind(kind, cue) for kind, cue in cues]
    assert [each.field_hash for each in after] == [each.field_hash for each in before]


async def test_a_seat_at_a_hand_means_whoever_sat_there_then(
    folded: None, log: NatsBus, binder: Binder
):
    until = msgspec.structs.replace(corrected(LONG), to_ticks=str(ticks(1)))
    await say(log, until)

    assert shown(await binder.bind("chip_flow", FLOW | {"ordinal": 1})).surname == "OKONKWO"
    with pytest.raises(MissingBinding, match=f"{NAMES[LONG % 5]} has too few hands"):
        await binder.bind("chip_flow", FLOW)


async def test_one_person_on_two_seats_is_two_rows_but_no_graphic_of_a_person(
    folded: None, log: NatsBus, binder: Binder
):
    await say(log, corrected(SHORT), corrected(LONG))

    table = await binder.bind("table_leaderboard", {"game_id": GAME})

    assert [row["name"] for row in table.data["rows"]].count("Uche Okonkwo") == 2
    for kind, cue in (("chip_flow", FLOW), ("at_risk", RISK)):
        with pytest.raises(MissingBinding, match="Uche Okonkwo sits on two seats"):
            await binder.bind(kind, cue)


async def test_an_excluded_game_has_no_graphic_until_it_counts_again(
    folded: None, log: NatsBus, binder: Binder
):
    cues = (("chip_flow", FLOW), ("at_risk", RISK), ("table_leaderboard", {"game_id": GAME}))
    person = (await binder.bind("chip_flow", FLOW)).field_hash
    await say(log, GameExcluded(game_id=GAME, reason="a rehearsal"))

    for kind, cue in cues:
        with pytest.raises(MissingBinding, match=f"game {GAME} is excluded: a rehearsal"):
            await binder.bind(kind, cue)
    with pytest.raises(MissingBinding, match="not seen in any game that counts"):
        await binder.bind("chip_flow", {"person_id": NEWCOMER})

    await say(log, GameIncluded(game_id=GAME, reason="it was the show"))
    assert (await binder.bind("chip_flow", FLOW)).field_hash == person


async def test_a_game_nobody_ever_saw_is_told(folded: None, binder: Binder):
    with pytest.raises(MissingBinding, match="nothing was ever read of game 7"):
        await binder.bind("chip_flow", FLOW | {"game_id": "7"})
