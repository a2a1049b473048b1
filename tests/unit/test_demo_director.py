"""The demo's director where its server refuses, talks nonsense or is not there."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.local import demo
from deploy.local.demo import run_demo
from deploy.local.home import free_port


class Answer(BaseHTTPRequestHandler):
    """Answers everything with what the server was given; counts."""

    server: "Server"

    def do_GET(self) -> None:
        status, body = self.server.answer
        self.server.asked.release()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is theirs
        """Nothing."""


class Server(ThreadingHTTPServer):
    """A web server with one answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.answer = (200, b"{}")
        self.asked = threading.Semaphore(0)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "FIRST_LOOK_S", 0.001)


async def said_after(server: Server, looks: int) -> list[str]:
    """What the director said in so many looks; it must still be at it."""
    lines: list[str] = []
    http = f"http://127.0.0.1:{server.server_port}"
    running = asyncio.create_task(run_demo(http, "key", lines.append, tournament=True))
    for _ in range(looks):
        await asyncio.to_thread(server.asked.acquire)
    assert not running.done()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return lines


async def test_a_refusal_is_said_once_with_its_sentence(server: Server) -> None:
    server.answer = (503, b'{"detail": "the read model is behind"}')
    assert await said_after(server, 5) == ["demo: refused: the read model is behind"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"items": [{"game": 1}]}', b"<html>", b"7"])
async def test_an_answer_nobody_understands_is_said_once(server: Server, body: bytes) -> None:
    server.answer = (200, body)
    (line,) = await said_after(server, 5)
    assert line.startswith("demo: an answer was not understood")


async def test_nothing_is_said_while_no_game_is_there_and_patience_lasts(server: Server) -> None:
    server.answer = (200, b'{"items": []}')
    assert await said_after(server, 5) == []


async def test_whoever_waits_too_long_for_a_hand_is_told_where_to_look(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PATIENCE_S", 0)
    server.answer = (200, b'{"items": []}')
    (line,) = await said_after(server, 5)
    assert "no hand or event arrived" in line


async def test_a_server_that_is_away_is_said_once_and_asked_again() -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()
    http = f"http://127.0.0.1:{free_port(0)}"
    running = asyncio.create_task(run_demo(http, "key", lines.put_nowait, tournament=False))
    assert (await lines.get()).startswith("demo: no answer")
    assert not running.done()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert lines.empty()
