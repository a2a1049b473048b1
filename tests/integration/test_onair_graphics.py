"""Two graphics that really aired, made again from the files alone: figures, people, pictures."""

import hashlib
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import av
import pytest

from bus.api import CommandContext
from bus.nats import NatsBus
from contracts import persons
from contracts.compositions import fields_of, read_data
from contracts.messages import Command, Event
from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    Binding,
    CreateSession,
    CueTaken,
    HandPoint,
    TakeItem,
)
from contracts.messages.gfx import HandRecorded
from contracts.messages.gfx_game import (
    GameExcluded,
    GameIncluded,
    GameUnbound,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.messages.override import LinkRemoved, LinkVerified
from contracts.messages.render import RenderCompleted
from contracts.poker.identity import player_hash
from deploy.local.servers import NatsServer, PostgresServer
from services.cuesheet.app import BusClock
from services.cuesheet.app import main as cuesheet
from services.cuesheet.inputs.binder import Binder, MissingBinding
from services.cuesheet.settings import CuesheetSettings
from services.gfx_ingest.inputs.parse import Origin, parse
from services.render.app import main as render
from services.render.outputs.builtin.assets import assets_dir
from services.render.settings import RenderSettings
from tests.support.gfx_facts import said_about
from tests.support.live_bus import PATIENCE_S, bus_as, facts_of, new_log, running, say
from tests.support.read_models import folding
from tests.support.tournament import bound
from tests.support.wsop_files import importing

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("RAILCAST_SHARED_DATA", ROOT.parent / "shared" / "data"))

FLOW_GAME, FLOW_SEAT, FLOW_HAND = "638964611175191251", 9, 23
RISK_GAME, RISK_SEAT, RISK_HAND, COVERING_SEAT = "638964779338222042", 7, 15, 4
# The tournament, and the player of it whom the table calls by the name in the strap.
EVENT, RISK_PLAYER, RISK_FLAG = "WSOPSC-CYPRUS-2025-ME", "WP100002", "CN"
WSOP_FILES = ("Events.json", "Players.json", "ChipCounts.csv", "Standings.csv")
NEWCOMER = persons.of_operator("1")

pytestmark = [
    pytest.mark.skipif(
        not (DATA / "pgfx").is_dir() or not (DATA / "wsop" / "Events.json").is_file(),
        reason="real exports are not here: set RAILCAST_SHARED_DATA",
    ),
    pytest.mark.skipif(
        not (assets_dir() / "manifest.json").is_file(),
        reason="fonts and flags are not vendored; run `npm ci && python -m deploy.assets`",
    ),
]


class Game:
    """One real game: everything its files said, and its hands by their number."""

    def __init__(self, game_id: str) -> None:
        (folder,) = (DATA / "pgfx").glob("table-*")
        files = []
        for file in sorted(folder.rglob(f"*{game_id}.json")):
            data = file.read_bytes()
            path = file.relative_to(folder).as_posix()
            table = folder.name.removeprefix("table-")
            files.append(parse(data, Origin(table, path, hashlib.sha256(data).hexdigest())))
        self.said = said_about(files)
        hands = [event.hand for event in self.said if isinstance(event, HandRecorded)]
        self.hands = sorted(hands, key=lambda hand: int(hand.start_ticks))

    def ordinal(self, hand_num: int) -> int:
        (found,) = (n for n, hand in enumerate(self.hands) if hand.hand_num == hand_num)
        return found

    def name(self, hand_num: int, seat: int) -> str:
        hand = self.hands[self.ordinal(hand_num)]
        return next(each.name for each in hand.seats if each.seat == seat).upper()

    def identity(self, hand_num: int, seat: int) -> str:
        """Person id of the two names that the seat is labelled with."""
        hand = self.hands[self.ordinal(hand_num)]
        label = next(each for each in hand.seats if each.seat == seat)
        return persons.of_identity(player_hash(label.name, label.long_name))


@pytest.fixture
async def tournament() -> list[Event]:
    """What the importer says of the tournament's own files."""
    async with importing() as imports:
        for name in WSOP_FILES:
            await imports.take(name, (DATA / "wsop" / name).read_bytes())
        return imports.events


@pytest.fixture(scope="module")
def flow() -> Game:
    return Game(FLOW_GAME)


@pytest.fixture(scope="module")
def risk() -> Game:
    return Game(RISK_GAME)


@pytest.fixture
def flow_cue(flow: Game) -> dict[str, object]:
    ordinal = flow.ordinal(FLOW_HAND)
    return {"game_id": FLOW_GAME, "seat": FLOW_SEAT, "ordinal": ordinal, "window": 5}


@pytest.fixture
def risk_cue(risk: Game) -> dict[str, object]:
    return {
        "game_id": RISK_GAME,
        "seat": RISK_SEAT,
        "ordinal": risk.ordinal(RISK_HAND),
    }


@pytest.fixture
async def log(
    bus_urls: NatsServer, database: str, flow: Game, risk: Game, tournament: list[Event]
) -> AsyncIterator[NatsBus]:
    """Both games and their tournament in the log, and projections that fold it."""
    async with new_log(bus_urls) as bus:
        await say(bus, *flow.said, *risk.said, *tournament)
        for game_id in (FLOW_GAME, RISK_GAME):
            await say(bus, bound(EVENT, game_id))
        async with folding(bus_urls, database):
            yield bus


@pytest.fixture
def reader_dsn(postgres_server: PostgresServer, database: str) -> str:
    """The test's database as the role that may only read the views."""
    path = urlsplit(database).path
    return urlsplit(postgres_server.reader_dsn)._replace(path=path).geturl()


@pytest.fixture
async def binder(log: NatsBus, reader_dsn: str) -> AsyncIterator[Binder]:
    binder = Binder(reader_dsn, BusClock(log), PATIENCE_S)
    yield binder
    await binder.close()


def shown(binding: Binding):
    return fields_of(read_data(binding.composition, binding.data))


async def test_the_chip_flow_that_aired_comes_out_of_the_files(
    binder: Binder, flow: Game, flow_cue: dict[str, object]
):
    binding = await binder.bind("chip_flow", flow_cue)

    fields = shown(binding)
    assert (fields.title, fields.window) == ("CHIP FLOW", "LAST 5 HANDS")
    assert fields.surname == flow.name(FLOW_HAND, FLOW_SEAT)
    assert (len(fields.series), fields.series[-1]) == (5, 2_260_000)
    assert (fields.max_label, fields.min_label) == ("2,260,000", "1,530,000")
    assert fields.value == "2,260,000"
    assert binding.point == HandPoint(game_id=FLOW_GAME, ordinal=flow.ordinal(FLOW_HAND), at="end")


async def test_the_same_flow_is_found_by_the_person_and_before_the_next_hand(
    binder: Binder, flow: Game, flow_cue: dict[str, object]
):
    by_seat = await binder.bind("chip_flow", flow_cue)
    person_id = flow.identity(FLOW_HAND, FLOW_SEAT)
    before_next = {"ordinal": flow.ordinal(FLOW_HAND) + 1, "at": "start"}

    by_person = await binder.bind(
        "chip_flow",
        {"person_id": person_id, "game_id": FLOW_GAME, "window": 5} | before_next,
    )

    assert by_person.field_hash == by_seat.field_hash


async def test_the_at_risk_strap_that_aired_comes_out_of_the_files(
    binder: Binder, risk: Game, risk_cue: dict[str, object]
):
    fields = shown(await binder.bind("at_risk", risk_cue))

    assert fields.text == "AT RISK OF ELIMINATION - 40TH ($23,400)"
    assert (fields.name, fields.flag) == (risk.name(RISK_HAND, RISK_SEAT), None)
    assert (fields.place, fields.prize, fields.warnings) == ("40TH", "$23,400", ())


async def test_a_link_adds_the_flag_to_the_strap_and_to_the_table_and_changes_no_surname(
    log: NatsBus, binder: Binder, risk: Game, risk_cue: dict[str, object]
):
    before = await binder.bind("at_risk", risk_cue)
    named = {"person_id": risk.identity(RISK_HAND, RISK_SEAT), "wsop_player_id": RISK_PLAYER}
    await say(log, LinkVerified(**named, confidence=None, method=None, reason="seen"))

    fields = shown(await binder.bind("at_risk", risk_cue))

    assert (fields.name, fields.flag) == (shown(before).name, RISK_FLAG)
    assert fields.text == shown(before).text
    await say(log, LinkRemoved(**named, reason="a brother"))
    assert (await binder.bind("at_risk", risk_cue)).field_hash == before.field_hash


async def test_who_covers_the_all_in_is_not_at_risk_and_is_told_who_is(
    binder: Binder, risk: Game, risk_cue: dict[str, object]
):
    with pytest.raises(MissingBinding, match="not at risk") as refused:
        await binder.bind("at_risk", risk_cue | {"seat": COVERING_SEAT})

    assert risk.name(RISK_HAND, RISK_SEAT) in str(refused.value).upper()


async def test_no_number_of_players_left_means_no_strap(
    log: NatsBus, binder: Binder, risk_cue: dict[str, object]
):
    await say(log, GameUnbound(game_id=RISK_GAME, from_ticks="0"))

    with pytest.raises(MissingBinding, match="set players_left"):
        await binder.bind("at_risk", risk_cue)


async def test_a_seat_correction_changes_the_name_and_its_withdrawal_restores_the_picture(
    log: NatsBus,
    binder: Binder,
    flow_cue: dict[str, object],
    risk_cue: dict[str, object],
):
    cues = (("chip_flow", flow_cue, FLOW_SEAT), ("at_risk", risk_cue, RISK_SEAT))
    before = [await binder.bind(kind, cue) for kind, cue, _ in cues]
    for _, cue, seat in cues:
        await say(log, corrected(str(cue["game_id"]), seat))

    during = [await binder.bind(kind, cue) for kind, cue, _ in cues]

    assert shown(during[0]).surname == shown(during[1]).name == "QUILLFEATHER"
    assert shown(during[0]).series == shown(before[0]).series
    for _, cue, _ in cues:
        game_id = str(cue["game_id"])
        await say(
            log, SeatCorrectionWithdrawn(game_id=game_id, correction_id="c1", reason="a mistake")
        )
    after = [await binder.bind(kind, cue) for kind, cue, _ in cues]
    assert [each.field_hash for each in after] == [each.field_hash for each in before]
    assert {each.field_hash for each in after}.isdisjoint(each.field_hash for each in during)


def corrected(game_id: str, seat: int) -> SeatCorrected:
    """Somebody else sat there, from the first hand on."""
    return SeatCorrected(
        game_id=game_id,
        correction_id="c1",
        seat=seat,
        from_ticks="0",
        to_ticks=None,
        person_id=NEWCOMER,
        name="Quillfeather",
        long_name="Ada Quillfeather",
        reason="typed on the wrong seat",
    )


async def test_one_person_on_two_seats_has_no_strap_but_two_rows(
    log: NatsBus, binder: Binder, risk_cue: dict[str, object]
):
    for correction, seat in (("c1", RISK_SEAT), ("c2", COVERING_SEAT)):
        said = corrected(RISK_GAME, seat)
        await say(log, type(said)(**{**as_dict(said), "correction_id": correction}))

    with pytest.raises(MissingBinding, match="two seats"):
        await binder.bind("at_risk", risk_cue)
    with pytest.raises(MissingBinding, match="two seats"):
        await binder.bind("chip_flow", {"game_id": RISK_GAME, "person_id": NEWCOMER})
    table = await binder.bind("table_leaderboard", {"game_id": RISK_GAME})
    names = [row["name"] for row in table.data["rows"]]
    assert names.count("Ada Quillfeather") == len({RISK_SEAT, COVERING_SEAT} & seats_of(table))


def as_dict(event: SeatCorrected) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


def seats_of(table: Binding) -> set[int]:
    return {row["seat"] for row in table.data["rows"]}


async def test_an_excluded_game_has_no_graphic_until_it_counts_again(
    log: NatsBus, binder: Binder, risk_cue: dict[str, object]
):
    before = await binder.bind("at_risk", risk_cue)
    cues = (
        ("at_risk", risk_cue),
        ("chip_flow", {"game_id": RISK_GAME, "seat": COVERING_SEAT}),
        ("table_leaderboard", {"game_id": RISK_GAME}),
    )
    await say(log, GameExcluded(game_id=RISK_GAME, reason="a rehearsal"))

    for kind, cue in cues:
        with pytest.raises(MissingBinding, match=f"game {RISK_GAME} is excluded"):
            await binder.bind(kind, cue)

    await say(log, GameIncluded(game_id=RISK_GAME, reason="it was the show"))
    assert (await binder.bind("at_risk", risk_cue)).field_hash == before.field_hash


async def test_both_graphics_go_from_the_cue_to_a_picture_and_a_movie(
    bus_urls: NatsServer,
    log: NatsBus,
    reader_dsn: str,
    tmp_path: Path,
    flow_cue: dict[str, object],
    risk_cue: dict[str, object],
):
    sheets = CuesheetSettings(reader_url=reader_dsn, binding_wait_s=PATIENCE_S)
    drawing = RenderSettings(
        objects_url=f"file://{tmp_path}/objects", work_dir=tmp_path / "work", worker="w-1"
    )
    async with (
        running(bus_urls, "cuesheet", partial(cuesheet, settings=sheets)),
        running(bus_urls, "render", partial(render, settings=drawing)),
        bus_as(bus_urls, "gateway") as gateway,
        facts_of(log) as facts,
    ):
        for number, command in enumerate(show(flow_cue, risk_cue)):
            context = CommandContext(command_id=f"command-{number}", actor="dana")
            assert (await gateway.send(command, context)).refusal is None
        done = [fact.event for fact in await facts.until(RenderCompleted, 2)]
        taken = [fact.event for fact in facts.of(CueTaken)]

    # Both lie on one layer: the strap ends the chip flow.
    assert [len(each.ended) for each in taken] == [0, 1]
    assert {each.render_id for each in done} == {each.render_id for each in taken}
    for completed in done:
        for output in completed.outputs:
            with av.open(str(tmp_path / "objects" / output.object)) as file:
                assert sum(1 for _ in file.decode(video=0)) == output.frames


def show(flow_cue: dict[str, object], risk_cue: dict[str, object]) -> list[Command]:
    """A session with both cues, taken one after the other."""
    cues = {"flow": ("chip_flow", flow_cue), "risk": ("at_risk", risk_cue)}
    return [
        CreateSession(session_id="s1", code="L", event_name="Lake", broadcast_date="2031-03-01"),
        AddSheet(session_id="s1", sheet_id="main", name="Main"),
        *(
            AddItem(
                session_id="s1",
                sheet_id="main",
                item_id=item_id,
                composition=kind,
                title=item_id,
                parameters=cue,
            )
            for item_id, (kind, cue) in cues.items()
        ),
        *(TakeItem(session_id="s1", item_id=item_id) for item_id in cues),
    ]
