"""Decide and append on a long entity in a long log, against a bare publish with an expectation."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from bus.api import CommandContext, Entity
from bus.decide import DeciderRunner
from bus.nats import NatsBus
from contracts.decision import Refusal
from contracts.messages import Event, MessageType
from tests.bench.bench_lab import (
    FILL_BATCH,
    Figure,
    Run,
    draft,
    figure,
    lab,
    percentile,
    rounds_of,
    running,
)
from tests.bench.players.events import register

PART = "decide"
# Each for a quick, a default and a full run.
LOG = (50_000, 500_000, 2_000_000)
COMMANDS = (200, 500, 500)
OF_ENTITY = 2_000
ROUNDS = 5
P99_MS_MAX = 5.0
ENTITY = Entity("desk", "ledger", "evening")
BARE = Entity("desk", "ledger", "bare")


class EntryBooked(Event, frozen=True, kw_only=True):
    """One entry of a ledger."""

    TYPE: ClassVar = MessageType("desk", "ledger", "entry_booked", "ledger_id")
    ledger_id: str
    number: int
    note: str = "x" * 300


class Book(msgspec.Struct, frozen=True):
    """Book the next entry."""

    number: int


class Ledger:
    """A Decider whose state is the number of the last entry."""

    context = "desk"

    def initial(self, entity: str, entity_id: str) -> int:
        """No entry yet."""
        return 0

    def evolve(self, state: int, event: Event) -> int:
        """One more."""
        return state + 1

    def decide(self, command: Book, state: int, now: datetime) -> Sequence[Event] | Refusal:
        """Entries come in order."""
        return [EntryBooked(ledger_id=ENTITY.id, number=command.number)]


async def measure(run: Run) -> list[Figure]:
    """Alternate a command and a bare publish, so that both meet the same machine."""
    register(EntryBooked)
    async with lab(run) as opened, opened.bus() as bus:
        # The entity's past lies at the beginning of the log, the worst place for a re-read.
        await _past(bus, ENTITY)
        bare_last = await _past(bus, BARE)
        await opened.fill(run.sized(*LOG))
        runner: DeciderRunner[Book, int] = DeciderRunner(bus, Ledger(), "desk")
        started = time.perf_counter()
        async with runner, running(runner.follow()):
            loaded = time.perf_counter() - started
            assert runner.state(ENTITY.name, ENTITY.id) == OF_ENTITY
            run.say("decide: commands and bare publishes in turn")
            decided, bare = await _alternate(runner, bus, bare_last, run.sized(*COMMANDS))
    return _figures(decided, bare, loaded)


async def _past(bus: NatsBus, entity: Entity) -> int:
    """The events that an entity already has; returns the last sequence."""
    last = 0
    for first in range(0, OF_ENTITY, FILL_BATCH):
        said = [
            draft(EntryBooked(ledger_id=entity.id, number=number), number)
            for number in range(first, first + FILL_BATCH)
        ]
        last = await bus.append(entity, last, said)
    return last


async def _alternate(
    runner: DeciderRunner[Book, int], bus: NatsBus, last: int, count: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of every command and of every bare publish."""
    decided, bare = [], []
    for number in range(OF_ENTITY, OF_ENTITY + count):
        context = CommandContext(command_id=f"book-{number}", actor="bench")
        started = time.perf_counter()
        answer = await runner.execute(Book(number), ENTITY, context)
        decided.append(1e3 * (time.perf_counter() - started))
        assert answer.refusal is None
        said = draft(EntryBooked(ledger_id=BARE.id, number=number), number)
        started = time.perf_counter()
        last = await bus.append(BARE, last, [said])
        bare.append(1e3 * (time.perf_counter() - started))
    return decided, bare


def _figures(decided: list[float], bare: list[float], loaded: float) -> list[Figure]:
    stretches = list(zip(rounds_of(decided, ROUNDS), rounds_of(bare, ROUNDS), strict=True))
    p99 = figure(PART, "decide and append, p99", "ms", [percentile(decided, 0.99)])
    return [
        msgspec.structs.replace(p99, aim=P99_MS_MAX, better="lower", n=len(decided)),
        figure(PART, "decide and append, p50", "ms", [percentile(d, 0.5) for d, _ in stretches]),
        figure(
            PART,
            "of a bare publish, p50",
            "x",
            [percentile(d, 0.5) / percentile(b, 0.5) for d, b in stretches],
        ),
        figure(PART, "bare publish, p50", "ms", [percentile(b, 0.5) for _, b in stretches]),
        figure(PART, "bare publish, p99", "ms", [percentile(bare, 0.99)]),
        figure(PART, "loading the own context", "s", [loaded]),
    ]
