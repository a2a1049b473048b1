"""What the API answers to a wrong input: sentences for people, nothing of how it is checked."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query

from contracts import persons
from services.gateway import errors
from services.gateway.routes import API_ROUTERS
from services.gateway.routes.commands import NewItem
from services.gateway.routes.drawing import ShowQuery
from services.gateway.routes.hands import HandsQuery
from services.gateway.routes.parameters import FlowQuery, PersonId
from services.gateway.views import Listing, Window, read_cursor, write_cursor
from services.gateway.wording import FORMS


def patterns(schema: Any) -> Iterator[str]:
    """Every pattern in a schema."""
    if isinstance(schema, dict):
        if isinstance(found := schema.get("pattern"), str):
            yield found
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


@pytest.fixture
def app() -> FastAPI:
    """The way inputs are checked and answered, without what lies behind it."""
    app = FastAPI()
    errors.install(app)

    @app.get("/hands")
    async def hands(query: Annotated[HandsQuery, Query()]) -> None: ...

    @app.get("/flow")
    async def flow(query: Annotated[FlowQuery, Query()]) -> None: ...

    @app.get("/players/{person_id}")
    async def player(person_id: PersonId) -> str:
        return person_id

    @app.post("/items")
    async def item(body: NewItem) -> None: ...

    return app


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")


def test_every_pattern_of_the_api_and_the_page_has_words() -> None:
    api = FastAPI()
    for router in API_ROUTERS:
        api.include_router(router)
    used = {*patterns(api.openapi()), *patterns(ShowQuery.model_json_schema())}
    assert len(used) > 10
    assert not used - FORMS.keys()


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/hands?table=%00", "query table: takes text without NUL characters"),
        ("/hands?player=nobody", f"query player: takes {FORMS[f'^{persons.PERSON_ID}$']}"),
        ("/hands?limit=501", "query limit: takes a number of at most 500"),
        ("/hands?limit=many", "query limit: takes a whole number"),
        ("/hands?final=perhaps", "query final: takes true or false"),
        ("/hands?state=odd", "query state: takes 'settled', 'unsettled' or 'edited'"),
        ("/hands?from=5", "query from: a moment such as 2031-03-01T18:00:00Z is needed"),
        ("/hands?table=", "query table: takes text of 1 or more characters"),
        ("/hands?sort=up", "query sort: is not known here"),
        ("/flow?at=start", "query query: at=start needs the ordinal of a hand"),
    ],
)
async def test_a_wrong_query_is_answered_with_its_name_and_what_is_taken(
    client: httpx.AsyncClient, path: str, detail: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


async def test_a_wrong_body_is_told_without_regular_expressions_or_types_of_ours(
    client: httpx.AsyncClient,
) -> None:
    wrong: tuple[Any, ...] = (
        {"composition": "chip_flow", "parameters": {"game_id": "x", "person_id": "w-1"}},
        {"composition": "table_leaderboard", "parameters": {"game_id": "1", "subtitle": "\0"}},
        {"composition": "chip_flow", "parameters": 7},
        {"composition": "chip_flow"},
        [],
    )
    for body in wrong:
        answer = await client.post("/items", json=body)
        assert answer.status_code == 422
        assert not re.search(r"[\\^]|regex|Value error|should|dictionary", answer.text), answer.text
    said = await client.post("/items", json=wrong[0])
    assert "parameter 'game_id': expected the id of a game: 1 to 20 digits" in said.text
    said = await client.post("/items", content="{", headers={"Content-Type": "application/json"})
    assert "is not JSON" in said.text


@pytest.mark.parametrize("player_id", ["K" * 128, "é" * 128, "W P/" * 32, "q", "a.b c"])
async def test_a_person_id_of_any_platform_id_is_taken(
    client: httpx.AsyncClient, player_id: str
) -> None:
    person_id = persons.of_wsop_player(player_id)
    answer = await client.get(f"/players/{person_id}")
    assert (answer.status_code, answer.json()) == (200, person_id)


@pytest.mark.parametrize("place", [{"name": "a\0b", "at": 1}, {"name": "a", "at": 2**63}])
def test_a_cursor_with_what_the_database_cannot_hold_is_none_of_ours(place: dict[str, Any]) -> None:
    listing = Listing("games", ("name", "at"), numbers=("at",))
    cursor = write_cursor(listing, "asc", place)
    with pytest.raises(errors.Problem) as refused:
        read_cursor(listing, Window(limit=1, order="asc", cursor=cursor))
    assert refused.value.code == "bad_cursor"
