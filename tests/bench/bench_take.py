"""From a take to its notice at a consumer, against a bare durable publish at the same consumer.

The cue sheet and what its graphic is bound from run as processes of their own. The consumer is a
JetStream one on LIVE: what it gets is stored. Screens listen on the subject itself and see a notice
somewhat earlier; that is shown apart.
"""

from contextlib import AsyncExitStack

import httpx

from bus.api import Entity
from contracts.compositions import TABLE_LEADERBOARD
from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    CreateSession,
)
from contracts.messages.notification import NotificationNotice
from contracts.streams import PROJECTIONS
from deploy.local.servers import PostgresServer
from tests.bench.bench_lab import (
    Figure,
    Lab,
    Run,
    commits,
    draft,
    figure,
    lab,
    percentile,
    rounds_of,
)
from tests.bench.bench_stage import SESSION, Stage, open_stage
from tests.support.gfx_facts import GAME, recorded_hand, seen, walk

PART = "take"
# For a quick, a default and a full run.
TAKES = (40, 200, 200)
ROUNDS = 5
OF_FACT_MAX = 2.5
BOUND_FROM = ("chip-counts", "hands", "unified-players")
SHEET = "main"
STACKS = {2: 50_000, 3: 60_000, 5: 70_000, 6: 80_000, 8: 90_000, 9: 20_000}


async def measure(run: Run) -> list[Figure]:
    """Takes and bare publishes in turn, first over the bus, then through the gateway."""
    async with lab(run) as opened:
        return await _measure(opened, run)


async def _measure(lab: Lab, run: Run) -> list[Figure]:
    takes = run.sized(*TAKES)
    by_http = takes // 2
    async with lab.database() as postgres, AsyncExitStack() as stack:
        servers = lab.servers(postgres)
        await stack.enter_async_context(lab.processes(servers, *BOUND_FROM, "cuesheet"))
        stage = await stack.enter_async_context(open_stage(lab))
        await _prepare(stage, postgres, takes + by_http)
        lab.say("take: takes and bare publishes in turn")
        taken, notices, facts = [], [], []
        for number in range(takes):
            taken.append(await stage.take(f"cue-{number}", stage.take_by_bus))
            facts.append(await stage.fact.said())
            notices.append(await stage.bare(_notice(number)))
        lab.say("take: the same through the gateway")
        # The gateway answers when every read model is alive.
        names = {name.replace("_", "-") for name in PROJECTIONS} - set(BOUND_FROM)
        await stack.enter_async_context(lab.processes(servers, *sorted(names), "gateway"))
        headers = {"Authorization": f"Bearer {servers.token}"}
        client = httpx.AsyncClient(base_url=servers.http, headers=headers)
        stage.http = await stack.enter_async_context(client)
        web, web_facts = [], []
        for number in range(takes, takes + by_http):
            web.append(await stage.take(f"cue-{number}", stage.take_by_http))
            web_facts.append(await stage.fact.said())
    return [*_figures(taken, facts, notices), *_http_figures(web, web_facts)]


async def _prepare(stage: Stage, postgres: PostgresServer, takes: int) -> None:
    """A game with one hand in the view, and a sheet with a cue for every take."""
    game = Entity("gfx", "game", GAME)
    async with commits(postgres.dsn, "chip_counts") as heard:
        said = [draft(seen(), 0), draft(recorded_hand(walk(0, STACKS)), 1)]
        last = await stage.admin.append(game, 0, said)
        await heard.reached(last)
    await stage.ask(
        CreateSession(
            session_id=SESSION,
            code="LAKE-D1",
            event_name="Lake Classic",
            broadcast_date="2031-03-01",
        )
    )
    await stage.ask(AddSheet(session_id=SESSION, sheet_id=SHEET, name="Main"))
    for number in range(takes):
        await stage.ask(
            AddItem(
                session_id=SESSION,
                sheet_id=SHEET,
                item_id=f"cue-{number}",
                composition=TABLE_LEADERBOARD.name,
                title=f"Leaderboard {number}",
                parameters={"game_id": GAME},
            )
        )


def _notice(number: int) -> NotificationNotice:
    return NotificationNotice(
        verb="raised",
        notification_id=f"bare-{number}",
        type="info",
        level="low",
        title="Bench",
        message="A bare durable publish.",
        audience="bench",
    )


def _ms(name: str, values: list[float]) -> list[Figure]:
    """Median and 99th percentile in milliseconds."""
    return [
        figure(PART, f"{name}, p50", "ms", [percentile(r, 0.5) for r in rounds_of(values, ROUNDS)]),
        figure(PART, f"{name}, p99", "ms", [percentile(values, 0.99)]),
    ]


def _ratios(taken: list[float], bare: list[float]) -> list[float]:
    """Median over median, stretch by stretch."""
    pairs = zip(rounds_of(taken, ROUNDS), rounds_of(bare, ROUNDS), strict=True)
    return [percentile(take, 0.5) / percentile(one, 0.5) for take, one in pairs]


def _figures(
    taken: list[tuple[float, float, float]], facts: list[float], notices: list[float]
) -> list[Figure]:
    # The first one also opens the service's connection to PostgreSQL.
    first, rest = taken[0], taken[1:]
    seen, shown, answered = (list(values) for values in zip(*rest, strict=True))
    fact, notice = _ratios(seen, facts[1:]), _ratios(seen, notices[1:])
    return [
        figure(PART, "of a bare fact at a reader, p50", "x", fact, at_most=OF_FACT_MAX),
        figure(PART, "of a bare notice at a consumer, p50", "x", notice),
        *_ms("take to notice at a consumer", seen),
        figure(PART, "take to notice, the very first", "ms", [first[0]]),
        *_ms("take to notice at a screen", shown),
        *_ms("take to answer", answered),
        *_ms("bare fact at a reader", facts),
        *_ms("bare notice at a consumer", notices),
    ]


def _http_figures(taken: list[tuple[float, float, float]], facts: list[float]) -> list[Figure]:
    seen, _, answered = (list(values) for values in zip(*taken, strict=True))
    ratios = _ratios(seen, facts)
    return [
        figure(PART, "over HTTP: of a bare fact at a reader, p50", "x", ratios),
        *_ms("over HTTP: take to notice at a consumer", seen),
        *_ms("over HTTP: take to answer", answered),
    ]
