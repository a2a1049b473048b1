"""What each user may say and hear, asked of a real server with the real configuration."""

import asyncio
import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig
from nats.js.errors import NotFoundError

from contracts import streams
from deploy.local.servers import NatsServer
from deploy.nats.permissions import SERVICES, USERS, User, durables_of, user_name
from tests.support.servers import TEST_ADMIN, connect

# Rights that nobody, or next to nobody, may have; the matrix asks every user for each.
FORBIDDEN = (
    "evt.system.canary.one.said",
    "evt.access.user.one.granted",
    "cmd.notifier.thing.one.do",
    "aud.anything",
    "$KV.other.key",
    "$JS.API.STREAM.DELETE.EVENTS",
    "$JS.API.STREAM.PURGE.EVENTS",
    "$JS.API.STREAM.MSG.DELETE.EVENTS",
    "$JS.API.STREAM.RESTORE.EVENTS",
    "$JS.API.STREAM.SNAPSHOT.EVENTS",
    "$JS.API.CONSUMER.CREATE.EVENTS",
    "$JS.API.CONSUMER.CREATE.EVENTS.stranger_v1_0",
    "$JS.API.CONSUMER.CREATE.LIVE.stranger",
    "$JS.API.CONSUMER.RESET.EVENTS.hands_v1_0",
    "$JS.API.CONSUMER.DELETE.COMMANDS.cuesheet",
    "$JS.API.CONSUMER.MSG.NEXT.COMMANDS.stranger",
    "$JS.API.DIRECT.GET.LIVE",
    "$JS.API.DIRECT.GET.LIVE.notifications.director",
    "$JS.API.SERVER.REMOVE",
    "$SYS.REQ.SERVER.PING",
    "_INBOX.stranger.reply",
    ">",
)


def literal(pattern: str) -> str:
    """A subject that an allow pattern covers."""
    return ".".join({"*": "any", ">": "any"}.get(token, token) for token in pattern.split("."))


PROBES = tuple(
    sorted({literal(p) for user in USERS for p in (*user.publish, *user.hears)}.union(FORBIDDEN))
)


def covered(patterns: Iterable[str], subject: str) -> bool:
    """Whether an allow list covers a subject, by the rule the server documents."""

    def one(pattern: str) -> bool:
        expression = re.escape(pattern).replace(r"\*", r"[^.]+").replace(">", ".+")
        return re.fullmatch(expression, subject) is not None

    return any(one(pattern) for pattern in patterns)


async def refused(server: NatsServer, user: str, operations: Iterable[str]) -> set[str]:
    """Send protocol lines as a user; returns the subjects the server complains about."""
    address = urlsplit(server.url_for(user))
    login = {"user": address.username, "pass": address.password, "verbose": False}
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        await reader.readline()
        lines = f"CONNECT {json.dumps(login)}\r\n" + "".join(operations) + "PING\r\n"
        writer.write(lines.encode())
        complaints = set()
        while not (line := (await reader.readline()).decode()).startswith("PONG"):
            assert line, f"the server closed the connection of {user}"
            if found := re.match(r"-ERR 'Permissions Violation for \w+ to \"(.+?)\"", line):
                complaints.add(found[1])
        return complaints
    finally:
        writer.close()


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
async def test_every_publish_is_allowed_or_refused_as_the_table_says(
    bus_urls: NatsServer, user: User
):
    probes = [subject for subject in PROBES if subject != ">"]
    complaints = await refused(bus_urls, user.name, (f"PUB {s} 0\r\n\r\n" for s in probes))
    assert complaints == {s for s in probes if not covered(user.publish, s)}


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
async def test_every_subscription_is_allowed_or_refused_as_the_table_says(
    bus_urls: NatsServer, user: User
):
    lines = (f"SUB {subject} {number}\r\n" for number, subject in enumerate(PROBES, start=1))
    complaints = await refused(bus_urls, user.name, lines)
    assert complaints == {s for s in PROBES if not covered(user.hears, s)}


async def test_without_a_login_nobody_gets_in(nats_server: NatsServer):
    with pytest.raises(nats.errors.Error, match="Authorization Violation"):
        await nats.connect(nats_server.url, allow_reconnect=False, max_reconnect_attempts=0)


@pytest.fixture
async def provisioned(bus_urls: NatsServer) -> NatsServer:
    """The catalogue's streams and durable consumers, made by the user whose work that is."""
    client = await connect(bus_urls, "provision")
    jetstream = client.jsm()
    for stream in streams.STREAMS:
        await jetstream.add_stream(
            StreamConfig(
                name=stream.name,
                subjects=list(stream.subjects),
                retention=stream.retention,
                allow_direct=stream.allow_direct,
                max_msgs_per_subject=stream.max_msgs_per_subject,
            )
        )
    for durable in streams.DURABLES:
        await jetstream.add_consumer(
            durable.stream,
            ConsumerConfig(
                durable_name=durable.name,
                filter_subject=durable.filter,
                ack_policy=AckPolicy.EXPLICIT,
            ),
        )
    await client.close()
    return bus_urls


async def test_provision_cannot_delete_what_it_made(provisioned: NatsServer):
    client = await connect(provisioned, "provision")
    with pytest.raises(nats.errors.TimeoutError):
        await client.request("$JS.API.STREAM.DELETE.EVENTS", timeout=0.3)
    assert (await client.jsm().stream_info("EVENTS")).config.name == "EVENTS"
    await client.close()


@pytest.mark.parametrize(
    ("service", "durable"),
    [(s.name, d) for s in SERVICES for d in durables_of(s.name)],
    ids=lambda value: getattr(value, "name", value),
)
async def test_a_service_takes_and_acknowledges_from_each_durable_consumer_of_its_own(
    provisioned: NatsServer, service: str, durable: streams.Durable
):
    admin = await connect(provisioned, TEST_ADMIN.name)
    await admin.jetstream().publish(literal(durable.filter), b"{}")
    client = await connect(provisioned, service)
    subscription = await client.jetstream().pull_subscribe_bind(durable.name, durable.stream)
    [message] = await subscription.fetch(1, timeout=5)
    await message.ack_sync()
    info = await admin.jsm().consumer_info(durable.stream, durable.name)
    assert (info.num_ack_pending, info.num_pending) == (0, 0)
    await client.close()
    await admin.close()


@pytest.mark.parametrize(
    ("user", "reader", "filter_subject"),
    [
        *((user_name(n), f"{n}_v{v}_1", None) for n, v in streams.PROJECTIONS.items()),
        *(
            (s.name, f"{s.name}_0", f"evt.{s.contexts[0]}.>")
            for s in SERVICES
            if s.contexts and s.follows
        ),
    ],
)
async def test_a_positioned_reader_is_made_read_and_removed_by_its_owner(
    provisioned: NatsServer, user: str, reader: str, filter_subject: str | None
):
    admin = await connect(provisioned, TEST_ADMIN.name)
    await admin.jetstream().publish(literal(filter_subject or "evt.>"), b"{}")
    client = await connect(provisioned, user)
    jetstream = client.jetstream()
    config = ConsumerConfig(
        name=reader,
        filter_subject=filter_subject,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        inactive_threshold=60,
    )
    await client.jsm().add_consumer("EVENTS", config)
    subscription = await jetstream.pull_subscribe_bind(reader, "EVENTS")
    assert len(await subscription.fetch(1, timeout=5)) == 1
    assert await client.jsm().delete_consumer("EVENTS", reader)
    await client.close()
    await admin.close()


async def test_an_answer_reaches_the_inbox_of_the_sender_of_a_command(provisioned: NatsServer):
    gateway = await connect(provisioned, "gateway")
    inbox = gateway.new_inbox()
    answers = await gateway.subscribe(inbox)
    await gateway.jetstream().publish(
        "cmd.cuesheet.session.one.take", b"{}", headers={"reply-to": inbox}
    )
    cuesheet = await connect(provisioned, "cuesheet")
    subscription = await cuesheet.jetstream().pull_subscribe_bind("cuesheet", "COMMANDS")
    [command] = await subscription.fetch(1, timeout=5)
    await cuesheet.publish(command.headers["reply-to"], b"done")
    assert (await answers.next_msg(timeout=5)).data == b"done"
    await gateway.close()
    await cuesheet.close()


async def test_a_viewer_hears_notices_and_reads_the_newest_one_of_a_subject(
    provisioned: NatsServer,
):
    viewer = await connect(provisioned, "viewer")
    heard = await viewer.subscribe("broadcast.one.>")
    await viewer.flush()
    cuesheet = await connect(provisioned, "cuesheet")
    await cuesheet.jetstream().publish("broadcast.one.session", b"on air")
    assert (await heard.next_msg(timeout=5)).data == b"on air"
    newest = await viewer.request("$JS.API.DIRECT.GET.LIVE.broadcast.one.session", timeout=5)
    assert newest.data == b"on air"
    await viewer.close()
    await cuesheet.close()


@pytest.mark.parametrize(
    "body", [b"", b'{"multi_last":["notifications.>"]}', b'{"last_by_subj":"notifications.x"}']
)
async def test_a_viewers_direct_get_never_answers_with_another_subject(
    provisioned: NatsServer, body: bytes
):
    notifier = await connect(provisioned, "notifier")
    await notifier.jetstream().publish("notifications.x", b"secret")
    viewer = await connect(provisioned, "viewer")
    answer = await viewer.request("$JS.API.DIRECT.GET.LIVE.broadcast.x", body, timeout=5)
    assert b"secret" not in answer.data
    assert answer.headers["Status"] in ("404", "408")
    await viewer.close()
    await notifier.close()


async def test_ops_reads_any_stored_message(provisioned: NatsServer):
    gfx = await connect(provisioned, "gfx-ingest")
    await gfx.jetstream().publish("evt.gfx.game.one.game_seen", b"{}")
    ops = await connect(provisioned, "ops")
    message = await ops.jsm().get_msg("EVENTS", seq=1)
    assert message.subject == "evt.gfx.game.one.game_seen"
    with pytest.raises(NotFoundError):
        await ops.jsm().get_msg("EVENTS", seq=2)
    await ops.close()
    await gfx.close()
