"""Pulling over HTTP from a real server: unchanged content, secrets, limits, faults."""

import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from contracts.messages.wsop import ImportStarted
from contracts.syncing import Tally
from services.wsop_import.inputs.pull import Address, Puller, PullFailed
from services.wsop_import.inputs.syncing import Fetcher
from tests.support.wsop_files import (
    chip_row,
    event,
    events_json,
    importing,
    players_json,
    table,
)

TOKEN = "harbour-token"
NOW = datetime(2031, 10, 19, 15, 0, tzinfo=UTC)
CHIPS = table([chip_row(1), chip_row(2)])


class Platform:
    """A web server that says what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body = CHIPS
        self.headers: dict[str, str] = {"ETag": '"v1"'}
        self.asked: list[dict[str, str]] = []
        self.silent = threading.Event()
        self.silent.set()
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                platform.answer(self)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://user:secret@127.0.0.1:{self.server.server_port}/chips?key=hidden"
        self.path = f"http://127.0.0.1:{self.server.server_port}/chips"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        self.silent.wait()
        known = request.headers.get("If-None-Match")
        status = 304 if known and known == self.headers.get("ETag") else self.status
        request.send_response(status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        body = b"" if status == 304 else self.body
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()
    thread = threading.Thread(target=platform.server.serve_forever, args=(0.01,))
    thread.start()
    yield platform
    platform.silent.set()
    platform.server.shutdown()
    thread.join()
    platform.server.server_close()


def puller(platform: Platform, **more: Any) -> Puller:
    told = {"url": platform.url, "token": TOKEN, "timeout_s": 5.0, "bytes_max": 100_000} | more
    return Puller("chip_counts", Address(**told), lambda: NOW)


async def test_what_is_pulled_is_taken_in_under_its_address_without_secrets(
    platform: Platform,
) -> None:
    platform.headers["Last-Modified"] = "Sun, 19 Oct 2031 14:00:00 GMT"
    async with importing() as imports:
        fetcher = Fetcher("chip_counts", imports.importer, None, puller(platform))
        assert await fetcher.fetch() == Tally(files=1, recorded=1)
        (started,) = imports.said(ImportStarted)
        assert started.file.path == platform.path
        assert started.file.content_at == datetime(2031, 10, 19, 14, 0, tzinfo=UTC)
        said = b"".join(message.data for message in imports.log.events)
        assert not any(word in said for word in (b"secret", b"hidden", TOKEN.encode()))
    assert platform.asked[0]["authorization"] == f"Bearer {TOKEN}"


async def test_content_that_did_not_change_is_not_sent_again(platform: Platform) -> None:
    async with importing() as imports:
        fetcher = Fetcher("chip_counts", imports.importer, None, puller(platform))
        await fetcher.fetch()
        assert await fetcher.fetch() == Tally(files=1, unchanged=1)
        assert platform.asked[1]["if-none-match"] == '"v1"'
        platform.headers["ETag"], platform.body = '"v2"', table([chip_row(1, 7)])
        assert await fetcher.fetch() == Tally(files=1, recorded=1)
        del platform.headers["ETag"]
        assert await fetcher.fetch() == Tally(files=1, unchanged=1)


async def test_content_that_wanted_a_time_zone_is_sent_again_when_one_is_known(
    platform: Platform,
) -> None:
    platform.body = table([chip_row(1, at="2031-10-19 17:20:00")])
    async with importing() as imports:
        fetcher = Fetcher("chip_counts", imports.importer, None, puller(platform))
        await fetcher.fetch()
        assert await fetcher.fetch() == Tally(files=1, unchanged=1)
        await imports.take("e", events_json(event(timezone="Asia/Nicosia")))
        assert await fetcher.fetch() == Tally(files=1, recorded=1)
        assert await fetcher.fetch() == Tally(files=1, unchanged=1)
    assert ["if-none-match" in asked for asked in platform.asked] == [False, True, False, True]


async def test_a_content_that_was_not_taken_in_is_asked_for_whole_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing() as imports:
        fetcher = Fetcher("chip_counts", imports.importer, None, puller(platform))
        with monkeypatch.context() as broken:
            broken.setattr(imports.importer, "take", None)
            with pytest.raises(TypeError):
                await fetcher.fetch()
        assert await fetcher.fetch() == Tally(files=1, recorded=1)


async def test_what_is_no_export_is_rejected_and_the_run_is_done(platform: Platform) -> None:
    platform.body = b"<html>maintenance</html>"
    async with importing() as imports:
        fetcher = Fetcher("chip_counts", imports.importer, None, puller(platform))
        assert await fetcher.fetch() == Tally(files=1, rejected=1)


async def test_compressed_content_is_limited_by_what_it_becomes(platform: Platform) -> None:
    platform.headers["Content-Encoding"] = "gzip"
    platform.body = gzip.compress(CHIPS)
    content = await puller(platform).pull()
    assert content is not None
    content.handle.seek(0)
    assert content.handle.read() == CHIPS
    content.close()
    platform.body = gzip.compress(b"x" * 1_000_000)
    with pytest.raises(PullFailed, match="more than 100000 bytes"):
        await puller(platform).pull()


@pytest.mark.parametrize("status", [302, 401, 404, 500, 503])
async def test_any_other_answer_fails_the_run(platform: Platform, status: int) -> None:
    platform.status, platform.headers = status, {"Location": "http://127.0.0.1:9/elsewhere"}
    with pytest.raises(PullFailed, match=str(status)):
        await puller(platform).pull()
    assert len(platform.asked) == 1


async def test_a_server_that_is_silent_or_away_fails_the_run(platform: Platform) -> None:
    platform.silent.clear()
    with pytest.raises(PullFailed, match="did not answer"):
        await puller(platform, timeout_s=0.05).pull()
    with pytest.raises(PullFailed, match="did not answer"):
        await puller(platform, url="http://127.0.0.1:1/chips").pull()


async def test_a_player_list_from_the_address_of_chips_is_what_it_is(platform: Platform) -> None:
    platform.body = players_json({"wsop_player_id": "W1", "name": "Quill"})
    async with importing() as imports:
        fetcher = Fetcher("chip_counts", imports.importer, None, puller(platform))
        await fetcher.fetch()
        assert imports.said(ImportStarted)[0].kind == "players"
