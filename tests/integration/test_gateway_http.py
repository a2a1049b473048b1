"""The HTTP API over real servers and real projections."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from contracts.messages.gfx import FileRejected
from deploy.local.servers import NatsServer, PostgresServer
from tests.support.gateway import STACKS, Place, Stage, stage
from tests.support.gfx_facts import GAME, TABLE, source

CUE = {"composition": "table_leaderboard", "parameters": {"game_id": GAME}}


@pytest.fixture
async def system(
    bus_urls: NatsServer, postgres_server: PostgresServer, database: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    async with stage(Place(bus_urls, postgres_server, database, tmp_path)) as running:
        yield running


async def test_x(system: Stage) -> None:
    seq = await system.say_hands(7)
    async with system.client() as c:
        r = await c.get("/hands", params={"min_seq": seq, "limit": 3})
        print(r.status_code, r.headers, r.text[:1500])
        r = await c.get("/health")
        print(r.text)
        r = await c.post("/sessions", json={"code": "A", "event_name": "B"})
        print(r.status_code, r.text, r.headers)
        s = r.json()["id"]
        r = await c.post(f"/sessions/{s}/sheets", json={"name": "A"})
        print(r.status_code, r.text)
        r = await c.post(f"/sheets/{r.json()['id']}/items", json=CUE)
        print(r.status_code, r.text)
        i = r.json()["id"]
        r = await c.post(f"/items/{i}/trigger")
        print(r.status_code, r.text)
        for p in ("show", "hands", "leaderboard", "news", "health"):
            r = await c.get(f"{system.place.url}/fragments/{p}")
            print(p, r.status_code, len(r.text), r.text[:300])
        r = await c.get(f"{system.place.url}/")
        print(r.status_code, len(r.text))
        r = await c.get(f"{system.place.url}/docs")
        print(r.status_code, len(r.text))
        r = await c.post(
            "/sessions", content=b"x" * (2**21), headers={"content-type": "application/json"}
        )
        print(r.status_code, r.text, r.headers)
