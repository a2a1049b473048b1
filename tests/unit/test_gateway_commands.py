"""How a request becomes a command: its ids, its actor and its deadline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fastapi import Response

from bus.api import Answer, CommandContext
from bus.clock import utc_now
from bus.memory import Log, MemoryBus
from contracts import persons
from contracts.decision import Refusal
from contracts.messages import Command
from contracts.messages.cuesheet import TakeItem
from contracts.messages.gfx_game import (
    BindGame,
    CorrectSeat,
    ExcludeGame,
    GradeHand,
    IncludeGame,
    UnbindGame,
    WithdrawGrade,
    WithdrawSeatCorrection,
)
from services.gateway.errors import Problem
from services.gateway.routes import operators
from services.gateway.routes.commands import TAKE_EXPIRES_MS, Sender, Take
from services.gateway.routes.context import NoQuery
from tests.support.gfx_facts import GAME

TAKE = TakeItem(session_id="s1", item_id="a")


class Service:
    """Answers every command and keeps what came."""

    def __init__(self) -> None:
        self.bus = MemoryBus(Log(), "gateway")
        self.answer = Answer(sequence=7)
        self.heard: list[CommandContext] = []
        self.commands: list[Command] = []

    async def handle(self, command: Command, context: CommandContext) -> Answer:
        self.heard.append(context)
        self.commands.append(command)
        return self.answer

    def sender(self, actor: str = "desk", key: str | None = "k1") -> Sender:
        request = SimpleNamespace(state=SimpleNamespace(actor=actor))
        self.response = Response()
        return Sender(SimpleNamespace(bus=self.bus), request, self.response, key)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    running = Service()
    tasks = [
        asyncio.create_task(running.bus.serve(name, running.handle))
        for name in ("cuesheet", "gfx-ingest")
    ]
    await asyncio.sleep(0)
    yield running
    for task in tasks:
        task.cancel()


async def test_a_take_counts_for_two_seconds_from_its_receipt(service: Service) -> None:
    before = utc_now()
    await service.sender().send(TAKE, Take().expires_in_ms)
    after = utc_now()
    [context] = service.heard
    assert context.actor == "desk"
    assert timedelta(milliseconds=TAKE_EXPIRES_MS) == timedelta(seconds=2)
    expires = context.expires_at
    assert expires is not None
    # The deadline travels in whole microseconds.
    assert before <= expires - timedelta(seconds=2) <= after


async def test_other_commands_have_no_deadline(service: Service) -> None:
    await service.sender().send(TAKE)
    assert service.heard[0].expires_at is None


async def test_the_same_key_of_the_same_actor_is_the_same_command_and_nothing_else_is(
    service: Service,
) -> None:
    for actor, key in [("desk", "k1"), ("desk", "k1"), ("api", "k1"), ("desk", "k2")]:
        await service.sender(actor, key).send(TAKE)
    ids = [context.command_id for context in service.heard]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


async def test_the_things_one_request_makes_have_ids_of_their_own(service: Service) -> None:
    sender = service.sender()
    made = [sender.id(kind) for kind in ("session", "sheet", "item", "command")]
    assert len(set(made)) == 4
    assert made == [service.sender().id(k) for k in ("session", "sheet", "item", "command")]


async def test_a_key_that_was_not_sent_is_told_so_that_the_request_can_be_repeated(
    service: Service,
) -> None:
    await service.sender(key=None).send(TAKE)
    key = service.response.headers["Idempotency-Key"]
    assert service.response.headers["RC-Seq"] == "7"
    await service.sender(key=key).send(TAKE)
    assert service.heard[0].command_id == service.heard[1].command_id


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("not_found", 404),
        ("conflict", 409),
        ("expired", 409),
        ("invalid", 422),
        ("unavailable", 503),
    ],
)
async def test_a_refusal_keeps_its_reason_and_what_is_allowed(
    code: str, status: int, service: Service
) -> None:
    refusal = Refusal(code=code, reason="wrong_state", message="Q1 is draft", allowed=("submit",))
    service.answer = Answer(refusal=refusal)
    with pytest.raises(Problem) as refused:
        await service.sender().send(TAKE)
    assert (refused.value.status, refused.value.code) == (status, "wrong_state")
    assert refused.value.more == {"allowed": ["submit"]}


WHY = operators.Why(reason="rehearsal")
GRADE = operators.NewGrade(grade="A", reason="royal flush")


@pytest.mark.parametrize(
    ("say", "command"),
    [
        (
            lambda send: operators.bind(send, GAME, operators.NewBinding(event_id="e7"), NoQuery()),
            BindGame(game_id=GAME, event_id="e7"),
        ),
        (
            lambda send: operators.bind(
                send,
                GAME,
                operators.NewBinding(event_id="e7", from_ordinal=3, to_ordinal=9),
                NoQuery(),
            ),
            BindGame(game_id=GAME, event_id="e7", from_ordinal=3, to_ordinal=9),
        ),
        (
            lambda send: operators.unbind(send, GAME, operators.FromQuery(from_ordinal=3)),
            UnbindGame(game_id=GAME, from_ordinal=3),
        ),
        (
            lambda send: operators.exclude(send, GAME, WHY, NoQuery()),
            ExcludeGame(game_id=GAME, reason="rehearsal"),
        ),
        (
            lambda send: operators.include(send, GAME, WHY, NoQuery()),
            IncludeGame(game_id=GAME, reason="rehearsal"),
        ),
        (
            lambda send: operators.grade(send, GAME, 4, GRADE, NoQuery()),
            GradeHand(game_id=GAME, ordinal=4, letter="A", reason="royal flush"),
        ),
        (
            lambda send: operators.withdraw_grade(send, GAME, 4, operators.WhyQuery()),
            WithdrawGrade(game_id=GAME, ordinal=4, reason=""),
        ),
        (
            lambda send: operators.withdraw_correction(
                send, GAME, "c1", operators.WhyQuery(reason="it was him")
            ),
            WithdrawSeatCorrection(game_id=GAME, correction_id="c1", reason="it was him"),
        ),
    ],
)
async def test_what_an_operator_says_becomes_one_command(
    say: Callable[[Sender], Awaitable[operators.Said]], command: Command, service: Service
) -> None:
    assert (await say(service.sender())).sequence == 7
    assert service.commands == [command]


@pytest.mark.parametrize(
    ("who", "person_id", "name"),
    [
        ({"wsop_player_id": "p 9"}, "w-p=209", ""),
        ({"name": " Ada Vale "}, None, "Ada Vale"),
    ],
)
async def test_a_seat_correction_names_a_player_of_the_platform_or_somebody_new(
    who: dict[str, str], person_id: str | None, name: str, service: Service
) -> None:
    sender = service.sender()
    body = operators.NewSeatCorrection(
        seat=2, from_ordinal=1, to_ordinal=None, reason="wrong card", **who
    )
    gateway = SimpleNamespace(bus=service.bus)
    said = await operators.correct_seat(gateway, sender, GAME, body, NoQuery())
    expected = person_id or persons.of_operator(sender.id("person"))
    assert (said.id, said.person_id) == (sender.id("seat-correction"), expected)
    assert persons.is_person_id(said.person_id)
    assert service.commands == [
        CorrectSeat(
            game_id=GAME,
            correction_id=said.id,
            seat=2,
            from_ordinal=1,
            to_ordinal=None,
            person_id=expected,
            name=name,
            long_name=name,
            reason="wrong card",
        )
    ]
    repeated = await operators.correct_seat(gateway, service.sender(), GAME, body, NoQuery())
    assert repeated == said
