"""Cursors, ranges, and that the API tells every column the views promise."""

import socket
from typing import Any

import pytest
from pydantic import TypeAdapter

from contracts.views import VIEWS
from services.gateway.app import listen
from services.gateway.errors import Problem
from services.gateway.routes import hand_models, models, seat_models
from services.gateway.routes.hands import HANDS
from services.gateway.routes.renders import byte_range
from services.gateway.routes.sync import FILES
from services.gateway.views import Window, read_cursor, write_cursor

ROW = {"game_id": "639700000000000001", "start_ticks": 640_700_000_000_000_001}


def window(cursor: str, order: Any = "asc") -> Window:
    return Window(limit=10, order=order, cursor=cursor)


def test_a_cursor_leads_back_to_its_row_without_losing_a_digit() -> None:
    cursor = write_cursor(HANDS, "asc", ROW)
    assert read_cursor(HANDS, window(cursor)) == list(ROW.values())


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "bm90IGpzb24",
        "W10",
        write_cursor(HANDS, "desc", ROW),
        write_cursor(FILES, "asc", {"sequence": 1, "path": "a"}),
        write_cursor(HANDS, "asc", ROW | {"start_ticks": "7"}),
        write_cursor(HANDS, "asc", ROW | {"start_ticks": True}),
        write_cursor(HANDS, "asc", ROW)[:-4],
    ],
)
def test_a_text_that_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        read_cursor(HANDS, window(cursor))
    assert (refused.value.status, refused.value.code) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
    ],
)
def test_a_range_is_read_as_http_says(asked: str | None, expected: tuple[int, int]) -> None:
    assert byte_range(asked, 100) == expected


@pytest.mark.parametrize(
    "asked", ["bytes=100-", "bytes=20-10", "bytes=-", "bytes=-0", "bytes=0-1,5-6", "lines=1-2", "x"]
)
def test_a_range_that_cannot_be_served_is_refused(asked: str) -> None:
    with pytest.raises(Problem) as refused:
        byte_range(asked, 100)
    assert refused.value.status == 416


@pytest.mark.parametrize(
    ("view", "model"),
    [
        ("games", hand_models.Game),
        ("bindings", hand_models.Binding),
        ("seat_corrections", hand_models.SeatCorrection),
        ("hands", hand_models.Hand),
        ("findings", hand_models.Finding),
        ("hand_seats", seat_models.Seat),
        ("identities", seat_models.Identity),
        ("sync_status", models.SyncStatus),
        ("sync_files", models.SyncFile),
        ("sessions", models.Session),
        ("sheets", models.Sheet),
        ("items", models.Item),
        ("renders", models.Render),
        ("notifications", models.Notification),
    ],
)
def test_the_api_tells_every_column_of_a_view(view: str, model: Any) -> None:
    columns = [field.validation_alias or name for name, field in model.model_fields.items()]
    assert tuple(columns) == VIEWS[view]


def test_an_edit_point_is_told_in_seconds_with_its_three_decimals() -> None:
    told = TypeAdapter(hand_models.Seconds)
    assert [told.validate_python(ms) for ms in (0, 30_000, 85_491)] == [0.0, 30.0, 85.491]


def test_the_chips_of_a_game_tell_every_column_and_the_hand_they_are_from() -> None:
    told = set(seat_models.Chips.model_fields) | set(seat_models.AsOf.model_fields)
    assert told - {"as_of"} == set(VIEWS["chips"])


def test_the_end_of_an_answer_does_not_wait_until_its_beginning_is_confirmed() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
