"""The short way through the NATS client: the same headers, every message once, in order."""

import asyncio
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.protocol.parser import Parser

from bus.fast_client import FastClient, HeaderBlock, parse_block, parse_lines
from tests.support.bus import PATIENCE_S

LINE = st.one_of(
    st.sampled_from(
        [b"ce-id: 7", b"ce-id:8", b" x : y ", b"a b: c", b"no colon", b"", b":", b"e:\tf:g "]
    ),
    st.binary(max_size=12),
    st.text(max_size=8).map(lambda text: f"k: {text}".encode()),
)


@given(st.lists(LINE, max_size=6).map(b"\r\n".join))
def test_headers_are_read_as_the_stock_client_reads_them(lines):
    assert parse_lines(lines) == Client._parse_header_lines(lines)


@pytest.mark.parametrize(
    "block",
    [
        b"NATS/1.0\r\nce-id: a%20b\r\nother:x\r\n\r\n",
        b"NATS/1.0 503\r\n\r\n",
        b"NATS/1.0 404 No Messages\r\n\r\n",
        b"NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 7\r\n\r\n",
    ],
)
async def test_a_block_says_what_the_stock_client_finds_in_it(block):
    found = {str(getattr(k, "value", k)): v for k, v in parse_block(block).items()}

    stock = await Client()._process_headers(block)

    assert {k: v for k, v in found.items() if v} == stock


def test_a_header_block_is_a_mapping_that_is_read_once_and_late():
    block = HeaderBlock(b"NATS/1.0\r\nb: 2\r\na: 1\r\n\r\n")

    assert block._headers is None
    assert (block["a"], block.get("c"), block.get("c", "-")) == ("1", None, "-")
    assert (list(block), len(block), dict(block)) == (["b", "a"], 2, {"b": "2", "a": "1"})
    assert dict(HeaderBlock(b"")) == {}


def test_the_private_methods_of_the_client_are_the_ones_we_replace():
    process = inspect.signature(Client._process_msg)
    remove = inspect.signature(Client._remove_sub)

    assert inspect.iscoroutinefunction(Client._process_msg)
    assert [*process.parameters] == ["self", "sid", "subject", "reply", "data", "headers"]
    assert [*remove.parameters] == ["self", "sid", "max_msgs"]
    assert isinstance(inspect.getattr_static(Client, "_parse_header_lines"), staticmethod)
    assert "self.nc._process_msg(sid, subject, reply, payload, hdr)" in inspect.getsource(Parser)
    assert "self._parse_header_lines(" in inspect.getsource(Client._process_headers)


@pytest.fixture
async def client(nats_server):
    """A connected fast client; `problems` collects what went to its error callback."""
    client = FastClient()
    client.problems = []

    async def on_error(error):
        client.problems.append(error)

    environment = nats_server.environment("test-admin")
    await client.connect(
        servers=[environment["RAILCAST_NATS_URL"]],
        user=environment["RAILCAST_NATS_USER"],
        password=environment["RAILCAST_NATS_PASSWORD"],
        error_cb=on_error,
    )
    yield client
    await client.close()


async def heard(client, last: bytes, seen: list) -> None:
    """Wait until the message with this body was seen."""
    async with asyncio.timeout(PATIENCE_S):
        while not seen or seen[-1][2] != last:
            await client.flush()


async def test_a_direct_subscription_hears_the_bytes_of_every_message_in_order(client):
    seen = []
    inbox = client.new_inbox()
    await client.subscribe_direct(inbox, lambda *parts: seen.append(parts))

    await client.publish(inbox, b"bare", reply="answer.here")
    await client.publish(inbox, b"", headers={"ce-id": "7"})
    for number in range(1000):
        await client.publish(inbox, str(number).encode(), headers={"n": str(number)})
    await heard(client, b"999", seen)

    to = inbox.encode()
    assert seen[0] == (to, b"answer.here", b"bare", b"")
    assert seen[1] == (to, b"", b"", b"NATS/1.0\r\nce-id: 7\r\n\r\n")
    assert [(data, parse_block(block)["n"]) for _, _, data, block in seen[2:]] == [
        (str(number).encode(), str(number)) for number in range(1000)
    ]


async def test_an_ordinary_subscription_beside_it_gets_messages_with_headers(client):
    answered = client.new_inbox()
    subscription = await client.subscribe(answered)
    await client.subscribe_direct(client.new_inbox(), lambda *_: None)

    await client.publish(answered, b"body", headers={"ce-id": "é x", "Other": "y"})
    message = await subscription.next_msg(PATIENCE_S)

    assert (message.data, message.headers) == (b"body", {"ce-id": "é x", "Other": "y"})


async def test_an_error_of_the_callback_is_said_and_the_next_message_comes(client):
    seen = []

    def receive(*parts):
        seen.append(parts)
        if parts[2] == b"bad":
            raise ValueError("cannot be read")

    inbox = client.new_inbox()
    await client.subscribe_direct(inbox, receive)
    await client.publish(inbox, b"bad")
    await client.publish(inbox, b"good")
    await heard(client, b"good", seen)

    assert [str(problem) for problem in client.problems] == ["cannot be read"]


async def test_nothing_is_heard_after_the_subscription_ended(client):
    seen = []
    inbox = client.new_inbox()
    subscription = await client.subscribe_direct(inbox, lambda *parts: seen.append(parts))
    await client.publish(inbox, b"first")
    await heard(client, b"first", seen)

    await client.publish(inbox, b"on its way")
    await subscription.unsubscribe()
    await client.flush()

    assert [data for _, _, data, _ in seen] == [b"first"]
    assert client._direct == {}
