"""Games, hands and people at the edge: what may be asked, and how one hand is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from pydantic import ValidationError

from contracts.poker.chips import chip_flow
from contracts.poker.hand import Action, Blinds, Hand
from contracts.poker.held import hold
from contracts.poker.replay import replay
from contracts.poker.seat_record import seat_records
from contracts.poker.statistics import MissingFigure
from contracts.views import VIEWS
from services.gateway.app import API, build
from services.gateway.auth import Access
from services.gateway.routes import figures, timeline
from services.gateway.routes.context import Gateway
from services.gateway.routes.hands import HandsQuery, conditions
from services.gateway.routes.parameters import FlowQuery
from services.gateway.routes.timeline import HandPage, Told, page, steps
from tests.support.battle import battle, card, seat
from tests.support.gateway import KEY, KEY_SHA256, assert_problem
from tests.support.gfx_facts import GAME, recorded_hand, walk

PERSON = "m-7"


BATTLE = battle()


def told(hand: Hand = BATTLE, hands: int = 3, ordinal: int = 1) -> Told:
    """The rows of a hand as the views tell them; what a test does not look at is left simple."""
    shown = replay(hand)
    row = (
        dict.fromkeys(VIEWS["hands"], 0)
        | msgspec.to_builtins(hand)
        | {name: getattr(hand.blinds, name) for name in Blinds.__struct_fields__}
    )
    row |= {
        "ordinal": ordinal,
        "players": msgspec.to_builtins(hand.seats),
        "state": shown.state,
        "collected": {str(n): chips for n, chips in shown.collected.items()},
        "showdown_best_seats": [2],
        "grade": "B",
        "grade_auto": "C",
        "grade_manual": "B",
        "edit_start_ms": 85_490,
    }
    seats = [
        {
            "seat": each.seat,
            "name": each.name,
            "person_id": f"m-{each.seat}",
            "person_name": each.name.upper(),
            "live": each.seat in shown.live_seats,
            "collected": 0,
        }
        for each in hand.seats
    ]
    return Told(hand=row, seats=seats, findings=[], hands=hands)


def test_every_action_is_told_with_its_street_and_the_pot_before_and_after_it() -> None:
    told_steps = list(steps(BATTLE, replay(BATTLE)))
    assert [(s.display, s.seat, s.amount, s.pot_before, s.pot_after) for s in told_steps] == [
        ("RAISE TO", 2, 500, 500, 1000),
        ("FOLD", 5, 0, 1000, 1000),
        ("CALL", 8, 500, 1000, 1300),
        ("BOARD CARD", None, 0, 1300, 1300),
        ("BOARD CARD", None, 0, 1300, 1300),
        ("BOARD CARD", None, 0, 1300, 1300),
        ("CHECK", 8, 0, 1300, 1300),
        ("BET", 2, 600, 1300, 1900),
        ("RAISE TO", 8, 1400, 1900, 3300),
        ("ALL IN RAISE", 2, 2500, 3300, 5200),
        ("CALL", 8, 2500, 5200, 6300),
        ("BOARD CARD", None, 0, 6300, 6300),
        ("BOARD CARD", None, 0, 6300, 6300),
    ]
    assert [s.index for s in told_steps] == list(range(13))
    assert [s.street for s in told_steps] == ["preflop"] * 3 + ["flop"] * 8 + ["turn", "river"]
    assert [s.added for s in told_steps if s.seat == 2] == [500, 600, 1900]
    assert told_steps[0].name == "Ostrander"
    assert told_steps[3].card == "ks"


@pytest.mark.parametrize(
    ("before", "amount", "display"),
    [
        ((), 3000, "ALL IN BET"),
        ((Action(kind="BET", seat=8, amount=600),), 2500, "ALL IN RAISE"),
        ((Action(kind="BET", seat=8, amount=2500),), 2500, "ALL IN CALL"),
        ((Action(kind="BET", seat=8, amount=3500),), 2500, "ALL IN CALL"),
    ],
)
def test_an_all_in_is_a_bet_a_raise_or_a_call_by_what_lay_before_it(
    before: tuple[Action, ...], amount: int, display: str
) -> None:
    flop = (card("ks"), card("9h"), card("4d"))
    actions = (*flop, *before, Action(kind="ALL IN", seat=2, amount=amount))
    hand = msgspec.structs.replace(BATTLE, actions=actions)
    assert list(steps(hand, replay(hand)))[-1].display == display


def test_a_call_before_the_flop_is_no_raise_although_the_big_blind_is_short() -> None:
    seats = (*BATTLE.seats[:2], seat(8, "Marchetti", (150, 0)))
    actions = (Action(kind="ALL IN", seat=2, amount=180),)
    hand = msgspec.structs.replace(BATTLE, seats=seats, actions=actions)
    assert [s.display for s in steps(hand, replay(hand))] == ["ALL IN CALL"]


def test_a_word_that_nobody_knows_is_shown_as_the_source_has_it() -> None:
    hand = msgspec.structs.replace(BATTLE, actions=(Action(kind="STRADDLE", seat=2, amount=400),))
    assert [s.display for s in steps(hand, replay(hand))] == ["STRADDLE"]


def test_the_board_is_told_by_street_as_far_as_it_came() -> None:
    assert page(told())["board_by_street"].model_dump() == {
        "flop": ["ks", "9h", "4d"],
        "turn": ["2c"],
        "river": ["2h"],
    }
    flop = msgspec.structs.replace(BATTLE, actions=BATTLE.actions[:6])
    assert page(told(flop))["board_by_street"].turn == []


def test_every_live_seat_has_its_best_hand_and_a_folded_one_has_none() -> None:
    seats = {each["seat"]: each for each in page(told())["seats"]}
    assert seats[2]["best_hand"].model_dump() == {"rank": 4, "name": "full house"}
    assert seats[8]["best_hand"].model_dump() == {"rank": 8, "name": "two pair"}
    assert seats[5]["best_hand"] is None
    assert [n for n, each in seats.items() if each["best_at_showdown"]] == [2]


def test_a_settled_hand_names_who_won_what_and_another_does_not() -> None:
    found = page(told())
    assert found["winners_known"]
    assert [(each["seat"], each["person_id"], each["collected"]) for each in found["winners"]] == [
        (2, "m-2", 6300)
    ]
    still = tuple(msgspec.structs.replace(s, end_stack=s.start_stack) for s in BATTLE.seats)
    open_hand = page(told(msgspec.structs.replace(BATTLE, seats=still)))
    assert (open_hand["winners_known"], open_hand["winners"]) == (False, [])


def test_winners_come_by_what_they_won_and_a_seat_that_was_given_too_little_is_none() -> None:
    shared = told()
    shared.hand["collected"] = {"2": 100, "5": -40, "8": 900}
    assert [each["seat"] for each in page(shared)["winners"]] == [8, 2]


@pytest.mark.parametrize(
    ("ordinal", "hands", "neighbours"),
    [(0, 1, (None, None)), (0, 3, (None, 1)), (1, 3, (0, 2)), (2, 3, (1, None))],
)
def test_a_hand_names_its_neighbours(
    ordinal: int, hands: int, neighbours: tuple[int | None, int | None]
) -> None:
    found = page(told(ordinal=ordinal, hands=hands))
    assert (found["previous_ordinal"], found["next_ordinal"]) == neighbours


def test_the_grade_is_told_with_both_letters_it_was_chosen_from() -> None:
    row = page(told())["grading"]
    grading = timeline.Grading.model_validate(row | {"graded_by": "manual", "grade_rules": "1"})
    assert (grading.grade, grading.automatic, grading.manual) == ("B", "C", "B")
    assert grading.edit_start_seconds == 85.49
    assert set(timeline.Grading.model_fields) <= set(grading.model_dump())


def test_a_hand_page_tells_all_of_the_hand_and_more() -> None:
    assert set(VIEWS["hands"]) - {"edit_start_ms"} < set(HandPage.model_fields)


def test_filters_that_are_not_given_ask_for_nothing() -> None:
    assert conditions(HandsQuery()) == {}


def test_every_filter_of_hands_becomes_one_condition_even_when_it_is_false_or_zero() -> None:
    start = datetime(2031, 3, 1, 18, 0, tzinfo=UTC)
    asked = HandsQuery.model_validate(
        {
            "game_id": GAME,
            "table": "river",
            "event_id": "e1",
            "grade": "A",
            "player": PERSON,
            "min_pot": 0,
            "showdown": "false",
            "state": "edited",
            "final": "false",
            "from": "2031-03-01T18:00:00Z",
            "to": "2031-03-01T21:00:00+03:00",
            "hand_num": 0,
        }
    )
    found = conditions(asked)
    assert list(found.values()) == [
        GAME, "river", "e1", "A", PERSON, 0, False, "edited", False, start, start, 0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"ordinal": 3}, "game_id"),
        ({"at": "start"}, "ordinal"),
        ({"game_id": GAME, "at": "start"}, "ordinal"),
        ({"game_id": GAME, "named": [3]}, "named"),
        ({"game_id": GAME, "named": [3, 3]}, "named"),
        ({"window": 1}, "window"),
        ({"window": 101}, "window"),
        ({"points": 1}, "points"),
    ],
)
def test_a_point_of_a_chip_flow_must_make_sense(query: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        FlowQuery.model_validate(query)


def seen(hands: int = 6, *, now: bool = True) -> figures.Seen:
    """Seat 8 of a walked game, who wins 100 in every hand."""
    rows = []
    for number in range(hands):
        hand = walk(number, {2: 5000, 5: 6000, 8: 7000 + 100 * number})
        for record in seat_records(GAME, hold(hand, recorded_hand(hand).digest), number):
            cells = msgspec.to_builtins(record)
            if record.seat == 8:
                rows.append(
                    cells
                    | {"start_ticks": int(record.start_ticks)}
                    | {"person_name": "Oduya", "person_long_name": "Ada Oduya"}
                )
    return figures.Seen(person_id=PERSON, game_id=GAME, rows=rows, now=now)


def test_a_chip_flow_is_the_one_of_the_records_with_its_point_and_person() -> None:
    found = figures.flow(seen(), FlowQuery(window=4))
    expected = chip_flow(seen().records[-4:])
    assert found.values == list(expected.values) == [7300, 7400, 7500, 7600]
    assert (found.text, found.max_label, found.min_label) == ("LAST 4 HANDS", 7600, 7300)
    assert (found.name, found.as_of_ordinal, found.game_id) == ("Oduya", 5, GAME)


def test_named_points_are_hands_by_their_ordinals() -> None:
    found = figures.flow(seen(), FlowQuery(game_id=GAME, named=[1, 4]))
    assert [(each.hands_back, each.chips) for each in found.points] == [(4, 7200), (1, 7500)]
    with pytest.raises(MissingFigure, match="9") as missing:
        figures.flow(seen(), FlowQuery(game_id=GAME, named=[1, 9]))
    assert missing.value.code == "not_in_window"


def test_nobody_has_a_chip_flow_of_no_hands() -> None:
    with pytest.raises(MissingFigure) as missing:
        figures.flow(seen(0), FlowQuery())
    assert missing.value.code == "too_few_hands"


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The API without any server behind it: wrong input never gets that far."""
    app = build(
        Gateway(**dict.fromkeys(Gateway.__struct_fields__)),
        Access(KEY_SHA256, lambda: 0.0),
        tmp_path,
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=f"http://desk.test{API}",
        headers={"Authorization": f"Bearer {KEY}"},
    ) as client:
        yield client


CORRECTION = {"seat": 2, "from_ordinal": 0, "person_id": PERSON, "reason": "wrong card"}


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("GET", "/hands?grade=D&state=open&showdown=perhaps", None, ["grade", "state", "showdown"]),
        ("GET", "/hands?min_pot=-1&player=somebody", None, ["min_pot", "player"]),
        ("GET", "/hands?from=2031-03-01T18:00:00", None, ["from"]),
        ("GET", "/hands?from=1930000000&to=-7.5", None, ["from", "to"]),
        ("GET", "/hands?from_=2031-03-01T18:00:00Z", None, ["from_"]),
        ("GET", "/games?excluded=maybe&table=", None, ["excluded", "table"]),
        ("GET", f"/games/{GAME}/hands/-1", None, ["ordinal"]),
        ("GET", f"/games/{GAME}/hands/x", None, ["ordinal"]),
        ("GET", f"/games/{GAME}/hands/by-number/x", None, ["hand_num"]),
        ("GET", "/findings?kind=identity_seen", None, ["kind"]),
        ("GET", "/identities?q=", None, ["q"]),
        ("GET", "/players/nobody/hands", None, ["person_id"]),
        ("GET", f"/players/{PERSON}/chip-flow?window=1&points=101", None, ["window", "points"]),
        ("GET", f"/players/{PERSON}/chip-flow?ordinal=1", None, ["query"]),
        ("GET", f"/players/{PERSON}/pots?limit=101", None, ["limit"]),
        ("PUT", f"/games/{GAME}/binding", {"from_ordinal": -1}, ["event_id", "from_ordinal"]),
        ("PUT", f"/games/{GAME}/binding", {"event_id": "e", "to": 3}, ["to"]),
        ("DELETE", f"/games/{GAME}/binding?from_ordinal=x", None, ["from_ordinal"]),
        ("POST", f"/games/{GAME}/exclude", {}, ["reason"]),
        ("POST", f"/games/{GAME}/include", {"reason": " "}, ["reason"]),
        ("POST", f"/games/{GAME}/seat-corrections", CORRECTION | {"seat": 11}, ["seat"]),
        ("POST", f"/games/{GAME}/seat-corrections", CORRECTION | {"name": "Ada"}, ["body"]),
        (
            "POST",
            f"/games/{GAME}/seat-corrections",
            CORRECTION | {"person_id": None},
            ["body"],
        ),
        ("PUT", f"/games/{GAME}/hands/0/grade", {"grade": "F"}, ["grade", "reason"]),
    ],
)
async def test_every_wrong_input_about_games_is_named(
    method: str, path: str, body: Any, named: list[str], closed: httpx.AsyncClient
) -> None:
    answer = await closed.request(method, path, json=body)
    problem = assert_problem(answer, 422, "invalid_input")
    assert {wrong["name"] for wrong in problem["errors"]} >= set(named)


async def test_the_openapi_document_declares_every_answer(closed: httpx.AsyncClient) -> None:
    document = (await closed.get("/openapi.json")).json()
    undeclared = [
        f"{method} {path}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        and not any(
            media.get("schema") for media in (answer.get("content") or {"": {"schema": 1}}).values()
        )
    ]
    assert [each for each in undeclared if "/render/" not in each and "/stream" not in each] == []
    hand = document["components"]["schemas"]["Hand"]["properties"]
    assert "edit_start_seconds" in hand
    assert "edit_start_ms" not in hand
