"""Calls of the public HTTP API, as the demo makes them; they hold up nobody else."""

import asyncio
import json
import urllib.request
from typing import Any

# Longer than the gateway ever takes; a server that is gone answers at once.
CALL_S = 10.0

type Json = dict[str, Any]


class Api:
    """One key of one gateway. Calls raise urllib's HTTPError and OSError."""

    def __init__(self, http: str, token: str) -> None:
        """`http` is the gateway's address."""
        self._http = http
        self._token = token

    async def get(self, path: str) -> Any:
        """JSON of a GET."""
        return await asyncio.to_thread(self._call, "GET", path, None, "")

    async def items(self, path: str) -> list[Json]:
        """What a GET of a list answers."""
        found: list[Json] = (await self.get(path))["items"]
        return found

    async def post(self, path: str, body: Json, key: str) -> Any:
        """JSON of a POST with an idempotency key."""
        return await asyncio.to_thread(self._call, "POST", path, body, key)

    async def put(self, path: str, body: Json, key: str) -> Any:
        """The same with PUT."""
        return await asyncio.to_thread(self._call, "PUT", path, body, key)

    async def patch(self, path: str, body: Json, key: str) -> Any:
        """The same with PATCH."""
        return await asyncio.to_thread(self._call, "PATCH", path, body, key)

    def _call(self, method: str, path: str, body: Json | None, key: str) -> Any:
        request = urllib.request.Request(f"{self._http}/api/v1{path}", method=method)  # noqa: S310  # our own server
        request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", key)
        with urllib.request.urlopen(request, timeout=CALL_S) as answer:  # noqa: S310  # our own server
            return json.load(answer)
