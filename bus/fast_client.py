"""The NATS client with a short way from the socket to a reader.

The stock client tests every character of every header name, and hands each message to a task of its
subscription through a queue. A replay pays that a million times over. A direct subscription skips
all of it: its callback runs in the client's read loop and gets the bytes as they came.

Two private methods of nats-py are overridden and two are called; its version is pinned, and
`tests/unit/test_bus_fast_client.py` notices when they change.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nats.aio.client import Client
from nats.aio.subscription import Subscription

_CRLF = "\r\n"
# First line of a block in which the server says nothing itself.
_PLAIN = b"NATS/1.0\r\n"
# What surrounds a header value and is no part of it; text of other scripts is never cut.
_BLANK = " \t\n\r\v\f"

type Receive = Callable[[bytes, bytes, bytes, bytes], None]


def parse_lines(lines: bytes) -> dict[str, str]:
    """Headers of the lines below the first of a block, by the client's own rules.

    Read in one piece; a name that is not plain ASCII without blanks is left to the client.
    """
    found: dict[str, str] = {}
    for line in lines.decode("utf-8", "replace").split(_CRLF):
        name, colon, value = line.partition(":")
        if colon:
            found[name] = value.strip(_BLANK)
    names = "".join(found)
    if names.isascii() and names.split() == [names]:
        return found
    return Client._parse_header_lines(lines)  # noqa: SLF001  # type: ignore[no-any-return]


def parse_block(block: bytes) -> dict[str, str]:
    """Headers of a whole block; what the server says in its first line as Status, Description."""
    if block.startswith(_PLAIN):
        return parse_lines(block[len(_PLAIN) :])
    first, _, lines = block.partition(b"\r\n")
    headers = parse_lines(lines)
    _, _, said = first.decode("utf-8", "replace").partition(" ")
    if said:
        headers["Status"], _, headers["Description"] = said.partition(" ")
    return headers


class HeaderBlock(Mapping[str, str]):
    """The headers of one message, read when somebody asks for one."""

    __slots__ = ("_block", "_headers")

    def __init__(self, block: bytes) -> None:
        """`block` is what the server sent, empty for a message without headers."""
        self._block = block
        self._headers: dict[str, str] | None = None

    def _read(self) -> dict[str, str]:
        if self._headers is None:
            self._headers = parse_block(self._block)
        return self._headers

    def __getitem__(self, name: str) -> str:
        """One value; raises KeyError."""
        return self._read()[name]

    def get(self, name: str, default: Any = None) -> Any:
        """One value, or the default."""
        return (self._headers or self._read()).get(name, default)

    def __iter__(self) -> Iterator[str]:
        """The names in the order of the message."""
        return iter(self._read())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._read())


class FastClient(Client):
    """A client that knows direct subscriptions."""

    def __init__(self) -> None:
        """Not connected yet."""
        super().__init__()
        self._direct: dict[int, Receive] = {}

    async def subscribe_direct(self, subject: str, receive: Receive) -> Subscription:
        """Call `receive(subject, reply, body, header block)` for every message, in order.

        It runs in the read loop, so it must be short; what it raises goes to the error callback.
        Nothing may be sent to the subject before this returns.
        """
        subscription = await self.subscribe(subject)
        self._direct[subscription._id] = receive  # noqa: SLF001
        return subscription

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        self._direct.pop(sid, None)
        super()._remove_sub(sid, max_msgs)

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes
    ) -> None:
        receive = self._direct.get(sid)
        if receive is None:
            await super()._process_msg(sid, subject, reply, data, headers)
            return
        try:
            receive(subject, reply, data, headers or b"")
        except Exception as error:  # noqa: BLE001  # an error here would end the read loop
            await self._error_cb(error)

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        return parse_lines(raw)
