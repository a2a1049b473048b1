"""Pulls a kind's file from its address over HTTP; unchanged content is not sent again."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from bus.clock import Clock, utc_now
from contracts.messages.wsop import Kind
from services.wsop_import.inputs.content import Content, Spool, TooLarge

# Until a connection stands; a server that needs longer is not there.
CONNECT_TIMEOUT_S = 5.0


class PullFailed(Exception):
    """The address did not give a content; the sentence says why."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a kind is pulled from, and how. `timeout_s` is the longest silence."""

    url: str
    token: str
    timeout_s: float
    bytes_max: int


class Puller:
    """Pulls one kind. What the server said of the last content is remembered in memory only;
    `sha256` is the last content's, empty before there is one.
    """

    def __init__(self, kind: Kind, address: Address, clock: Clock = utc_now) -> None:
        """`clock` gives the time of a content whose server gives none."""
        self.kind = kind
        self._address = address
        self._clock = clock
        self._tag = ""
        self._pulled = ""
        self.sha256 = ""
        url = httpx.URL(address.url)
        public = url.copy_with(username=None, password=None)
        # A login in the address would take the place of the token.
        self._url = public if address.token else url
        self.path = str(public.copy_with(query=None, fragment=None))

    async def pull(self) -> Content | None:
        """The content; None when the server says that it is the one taken last.

        The caller closes it. Raises PullFailed.
        """
        try:
            async with self._answer() as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise PullFailed(f"{self.path} answered {answer.status_code}")
                content = await self._content(answer)
        except httpx.InvalidURL as error:
            raise PullFailed(f"{self.path}: {error}") from error
        except httpx.HTTPError as error:
            text = str(error) or type(error).__name__
            raise PullFailed(f"{self.path} did not answer: {text}") from error
        self._pulled = answer.headers.get("etag", "")
        self.sha256 = content.sha256
        return content

    def taken(self) -> None:
        """The content pulled last is accounted for: the server need not send it again."""
        self._tag = self._pulled

    def forget(self) -> None:
        """The content pulled last is wanted once more: the server is to send it again."""
        self._tag = ""

    @asynccontextmanager
    async def _answer(self) -> AsyncIterator[httpx.Response]:
        """Redirects are not followed: the token is for this address only."""
        headers: dict[str, str] = {}
        if self._address.token:
            headers["Authorization"] = f"Bearer {self._address.token}"
        if self._tag:
            headers["If-None-Match"] = self._tag
        timeout = httpx.Timeout(self._address.timeout_s, connect=CONNECT_TIMEOUT_S)
        async with (
            httpx.AsyncClient(timeout=timeout, follow_redirects=False) as client,
            client.stream("GET", self._url, headers=headers) as answer,
        ):
            yield answer

    async def _content(self, answer: httpx.Response) -> Content:
        spool = Spool(self._address.bytes_max)
        try:
            async for piece in answer.aiter_bytes():
                spool.add(piece)
        except TooLarge as error:
            spool.close()
            raise PullFailed(f"{self.path}: {error}") from error
        except BaseException:
            spool.close()
            raise
        return spool.content(self.path, self._time_of(answer.headers))

    def _time_of(self, headers: Mapping[str, str]) -> datetime:
        told = headers.get("last-modified", "")
        try:
            return parsedate_to_datetime(told).astimezone(UTC)
        except ValueError:
            return self._clock()
