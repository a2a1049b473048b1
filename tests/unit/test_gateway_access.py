"""Who may come in. The guard stands before every route, so nothing behind it is needed here."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.gateway.app import API, build
from services.gateway.auth import BODY_BYTES_MAX, OPEN_PATHS, SESSION_S_MAX, Access, Guard
from services.gateway.routes import API_ROUTERS, health, page
from services.gateway.routes.context import Gateway
from services.gateway.settings import GatewaySettings

KEY = "a-key-for-this-test"
KEY_SHA256 = hashlib.sha256(KEY.encode()).hexdigest()
ORIGIN = "http://desk.test"


class Clock:
    now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


async def _whoami(request: Request) -> Response:
    body = await request.body()
    return JSONResponse({"actor": request.state.actor, "bytes": len(body)})


def client_of(app: FastAPI | Guard, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    return Access(KEY_SHA256, clock)


@pytest.fixture
def echo(access: Access) -> FastAPI:
    """An app behind the guard that tells who came in."""
    app = FastAPI()
    app.add_route("/who", _whoami, methods=["GET", "POST"])
    app.add_middleware(Guard, access=access)
    return app


def every_route() -> list[tuple[str, str]]:
    found = []
    groups = [(API, router) for router in API_ROUTERS]
    for prefix, router in [*groups, ("", page.router), ("", health.probes)]:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            path = re.sub(r"\{[^}]+\}", "1", prefix + route.path)
            found += [(method, path) for method in sorted(route.methods)]
    files = ["/static/desk.css", "/vendor/js/htmx/htmx.min.js", f"{API}/openapi.json", "/nothing"]
    return [*found, *(("GET", path) for path in files)]


@pytest.mark.parametrize(("method", "path"), every_route())
async def test_every_route_but_the_probes_is_closed_without_a_key(
    method: str, path: str, access: Access, tmp_path: Path
) -> None:
    nothing = dict.fromkeys(Gateway.__struct_fields__)
    app = build(Gateway(**nothing), access, tmp_path)
    async with client_of(app) as client:
        answer = await client.request(method, path)
    if path in OPEN_PATHS:
        assert answer.status_code != 401
    else:
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "no_valid_key"
        assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer " + "x" * 600],
)
async def test_a_wrong_key_is_refused_even_beside_a_good_cookie(
    header: str, echo: FastAPI, access: Access
) -> None:
    cookie = f"{access.cookie}={access.session()}"
    async with client_of(echo, Authorization=header, Cookie=cookie) as client:
        assert (await client.get("/who")).status_code == 401


@pytest.mark.parametrize("header", [{"Authorization": f"bearer {KEY}"}, {"X-API-Key": KEY}])
async def test_the_key_comes_in_as_api(header: dict[str, str], echo: FastAPI) -> None:
    async with client_of(echo, **header) as client:
        assert (await client.post("/who")).json()["actor"] == "api"


async def test_a_wrong_api_key_is_refused_even_beside_a_good_cookie(
    echo: FastAPI, access: Access
) -> None:
    cookie = f"{access.cookie}={access.session()}"
    async with client_of(echo, **{"X-API-Key": "wrong", "Cookie": cookie}) as client:
        assert (await client.get("/who")).status_code == 401


async def test_the_link_signs_the_browser_in_and_drops_the_token(echo: FastAPI) -> None:
    async with client_of(echo) as client:
        answer = await client.get(f"/?token={KEY}&game_id=1")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?game_id=1")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert KEY not in cookie
        assert (await client.get("/who")).json()["actor"] == "desk"


async def test_a_link_with_a_wrong_token_shows_how_to_sign_in(echo: FastAPI) -> None:
    async with client_of(echo, Accept="text/html") as client:
        answer = await client.get("/?token=wrong")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "Not signed in" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": ORIGIN}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
async def test_a_change_by_cookie_must_come_from_the_page_itself(
    headers: dict[str, str], status: int, echo: FastAPI, access: Access
) -> None:
    cookie = f"{access.cookie}={access.session()}"
    async with client_of(echo, Cookie=cookie, **headers) as client:
        assert (await client.post("/who")).status_code == status
        assert (await client.get("/who")).status_code == 200


def test_a_session_ends_and_cannot_be_made_longer(access: Access, clock: Clock) -> None:
    session = access.session()
    end, _, signature = session.partition(".")
    assert access.holds(session)
    assert not access.holds(f"{int(end) + 1}.{signature}")
    assert not access.holds("")
    assert not access.holds("x.é")
    clock.now_s += SESSION_S_MAX
    assert not access.holds(session)


def test_another_key_makes_another_cookie_and_other_sessions(access: Access, clock: Clock) -> None:
    other = Access("1" * 64, clock)
    assert other.cookie != access.cookie
    assert not other.holds(access.session())


async def test_a_body_over_the_limit_is_refused_whether_its_length_is_told_or_not(
    echo: FastAPI,
) -> None:
    async def chunks():
        for _ in range(9):
            yield b"x" * (BODY_BYTES_MAX // 8)

    async with client_of(echo, Authorization=f"Bearer {KEY}") as client:
        told = await client.post("/who", content=b"x" * (BODY_BYTES_MAX + 1))
        untold = await client.post("/who", content=chunks())
        fits = await client.post("/who", content=b"x" * BODY_BYTES_MAX)
    assert (told.status_code, untold.status_code) == (413, 413)
    assert fits.json()["bytes"] == BODY_BYTES_MAX


def test_a_gateway_without_any_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="RAILCAST_API_KEY"):
        GatewaySettings().key_sha256()
    with pytest.raises(ValidationError):
        GatewaySettings(api_key_sha256="not a hash")
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert GatewaySettings(api_key_file=file).key_sha256() == KEY_SHA256
