"""The demo's director: once hands arrive, a session, a sheet, and two leaderboard cues: one is
taken at once, the other waits for whoever watches.

It uses the public HTTP API like everybody else. Its idempotency keys are fixed per game, so that a
second `up` on the same home finds its own work done.
"""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

# The first hand is there within seconds; after that nobody expects the demo to begin any more.
PATIENCE_S = 120
LOOK_S = 0.5


class Api:
    """The few calls the demo makes."""

    def __init__(self, http: str, token: str) -> None:
        """`http` is the gateway's address."""
        self._http = http
        self._token = token

    async def get(self, path: str) -> Any:
        """JSON of a GET."""
        return await asyncio.to_thread(self._call, path, None, "")

    async def post(self, path: str, body: dict[str, Any], key: str) -> Any:
        """JSON of a POST with an idempotency key."""
        return await asyncio.to_thread(self._call, path, body, key)

    def _call(self, path: str, body: dict[str, Any] | None, key: str) -> Any:
        request = urllib.request.Request(f"{self._http}/api/v1{path}")  # noqa: S310  # our own server
        request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", key)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own server
            return json.load(answer)


async def run_demo(http: str, token: str, say: Callable[[str], None]) -> None:
    """Take one leaderboard of the newest game; says what it did, or why it could not."""
    api = Api(http, token)
    try:
        async with asyncio.timeout(PATIENCE_S):
            game = await _first_game(api)
            item = await _take(api, game)
    except TimeoutError:
        say("demo: no hand arrived; is a simulator running?")
    except urllib.error.HTTPError as error:
        say(f"demo: the cue was not taken: {error.read().decode(errors='replace')}")
    except OSError as error:
        say(f"demo: the cue was not taken: {error}")
    else:
        say(f"demo: took {item} of game {game['game_id']}; Q002 waits for your TAKE")


async def _first_game(api: Api) -> dict[str, Any]:
    """A game that somebody sits in."""
    while True:
        for game in (await api.get("/games"))["items"]:
            if (await api.get(f"/games/{game['game_id']}/chips"))["items"]:
                found: dict[str, Any] = game
                return found
        await asyncio.sleep(LOOK_S)


async def _take(api: Api, game: dict[str, Any]) -> str:
    game_id = game["game_id"]
    session = await api.post(
        "/sessions",
        {
            "code": f"DEMO-{game_id[-6:]}",
            "event_name": "Harbour Lights Open - Demo Show",
            "broadcast_date": datetime.now(UTC).date().isoformat(),
        },
        f"demo-session-{game_id}",
    )
    sheet = await api.post(
        f"/sessions/{session['id']}/sheets", {"name": "Main show"}, f"demo-sheet-{game_id}"
    )
    taken = await _add_cue(api, sheet["id"], game_id, "taken")
    await _add_cue(api, sheet["id"], game_id, "next")
    await api.post(f"/items/{taken}/trigger", {}, f"demo-take-{game_id}")
    return "Q001, the table leaderboard,"


async def _add_cue(api: Api, sheet_id: str, game_id: str, key: str) -> str:
    item = await api.post(
        f"/sheets/{sheet_id}/items",
        {
            "composition": "table_leaderboard",
            "title": "Table leaderboard",
            "parameters": {"game_id": game_id, "subtitle": "Harbour Lights Open"},
        },
        f"demo-item-{key}-{game_id}",
    )
    return str(item["id"])
