"""The small parts of the bus: health, waits, the server's answers, metrics, rows, SQL types."""

import itertools
import json
import re
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from bus import health as health_module
from bus import metrics, retry
from bus.append import acknowledged
from bus.commands import reply_address
from bus.delivery import dead_letter_headers, from_api, position
from bus.errors import Conflict, Fatal, LogFull, TooManyBatches, Uncertain
from bus.health import Health
from bus.memory import Log, MemoryBus, matches
from bus.tables import Table
from contracts.envelope import encode_value
from contracts.rows import Row, Rows
from contracts.streams import Durable
from tests.support.bus import NOW, TallyRow, canary, eventually, running, said

TEXT = st.text(st.characters(exclude_categories=("Cs",)))


# Health


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def health(clock):
    health = Health(clock)
    health.register("reader", 4.0)
    health.register("writer", 4.0)
    return health


def test_a_process_is_ready_once_every_part_has_worked(health):
    assert (health.healthy, health.ready) == (True, False)
    health.beat("reader")
    assert (health.healthy, health.ready) == (True, False)
    health.beat("writer")
    assert (health.healthy, health.ready) == (True, True)


def test_a_part_that_makes_no_progress_is_unhealthy_whatever_it_did_before(health, clock):
    health.beat("reader")
    health.beat("writer")
    clock.now += 3.0
    health.beat("writer")
    clock.now += 1.5
    assert health.report() == {"reader": "no progress for 4.5 s", "writer": "ok"}
    assert (health.healthy, health.ready) == (False, False)
    health.beat("reader")
    assert health.ready


def test_a_part_that_never_starts_becomes_unhealthy(health, clock):
    clock.now += 4.5
    assert not health.healthy


def test_a_trouble_stays_until_the_next_beat(health, clock):
    health.beat("reader")
    health.beat("writer")
    health.trouble("reader", "the log is another one")
    assert health.report()["reader"] == "the log is another one"
    assert (health.healthy, health.ready) == (False, False)
    health.beat("reader")
    assert health.ready


def test_health_is_served_with_its_reasons_and_the_metrics(health):
    port = health_module.serve(health, "127.0.0.1", 0)

    def get(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    assert get("/healthz")[0] == 200
    assert get("/readyz") == (503, '{"reader": "starting", "writer": "starting"}\n')
    health.trouble("reader", "no disk")
    code, body = get("/healthz")
    assert (code, json.loads(body)["reader"]) == (503, "no disk")
    assert "railcast_append_seconds" in get("/metrics")[1]
    assert get("/else")[0] == 404


# Waits


@given(st.floats(0.001, 1.0), st.floats(1.0, 60.0), st.integers(1, 40))
def test_waits_double_up_to_their_bound_with_a_little_jitter(base, most, count):
    waits = list(itertools.islice(retry.delays(base, most), count))
    for number, wait in enumerate(waits):
        plain = min(base * 2**number, most)
        assert plain <= wait <= plain * 1.25


# Answers of the server


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (10071, Conflict),
        (10164, Conflict),
        (10077, LogFull),
        (10023, LogFull),
        (10210, TooManyBatches),
        (10199, Fatal),
        (10054, Fatal),
        (10176, Uncertain),
        (99999, Uncertain),
    ],
)
def test_every_refused_append_has_its_own_error(code, kind):
    body = json.dumps({"error": {"err_code": code, "description": "because"}}).encode()
    with pytest.raises(kind, match=rf"because \({code}\)"):
        acknowledged(body)


def test_an_acknowledged_append_gives_its_sequence():
    assert acknowledged(b'{"stream":"EVENTS","seq":7}')["seq"] == 7


@pytest.mark.parametrize(
    "reply",
    [
        "$JS.ACK.EVENTS.hands_v1_0.2.41.7.1700000000000000001.5",
        "$JS.ACK._.HASH.EVENTS.hands_v1_0.2.41.7.1700000000000000001.5.rnd",
        "$JS.ACK.hub.HASH.EVENTS.hands_v1_0.2.41.7.1700000000000000001.5.rnd",
    ],
)
def test_the_place_of_a_delivery_is_read_from_its_reply_subject(reply):
    at = position(reply)
    assert (at.attempt, at.stream, at.consumer) == (2, 41, 7)
    assert (at.stored_ns, at.pending) == (1700000000000000001, 5)


def test_an_answer_goes_to_an_inbox_and_nowhere_else():
    inbox = "_INBOX.gateway.abc.7"
    assert reply_address({"reply-to": inbox}) == inbox
    assert reply_address({"reply-to": encode_value(inbox)}) == inbox
    for wrong in ("evt.cuesheet.session.s1.cue_taken", "_INBOXES.a", "cmd.render.job.r.submit"):
        assert reply_address({"reply-to": wrong}) == ""
    assert reply_address({}) == ""


@given(TEXT, TEXT)
def test_a_dead_letter_keeps_its_headers_but_none_the_server_would_obey(reason, actor):
    import base64

    stored = from_api(
        {
            "subject": "evt.system.canary.a.said",
            "seq": 3,
            "hdrs": base64.b64encode(
                f"NATS/1.0\r\nce-actor: {encode_value(actor)}\r\n"
                "Nats-Expected-Last-Subject-Sequence: 0\r\n\r\n".encode()
            ).decode(),
            "data": base64.b64encode(b"{}").decode(),
        }
    )
    headers = dead_letter_headers("hands_v1", stored, reason)
    assert headers == {
        "ce-actor": encode_value(actor),
        "rc-reason": encode_value(reason[:1000]),
        "rc-consumer": "hands_v1",
        "rc-subject": "evt.system.canary.a.said",
        "rc-seq": "3",
    }
    assert all(value.isascii() and value.isprintable() for value in headers.values())


# Subjects in memory


@pytest.mark.parametrize(
    ("subject", "pattern", "covered"),
    [
        ("evt.a.b", "evt.>", True),
        ("evt", "evt.>", False),
        ("evt.a.b", "evt.*", False),
        ("evt.a.b", "evt.*.b", True),
        ("evt.a.b", ">", True),
        ("evtx.a", "evt.>", False),
        ("evt.a+.b", "evt.a+.b", True),
    ],
)
def test_patterns_cover_what_the_server_says_they_cover(subject, pattern, covered):
    assert matches(subject, pattern) is covered


# The bus in memory


async def test_a_message_that_was_not_finished_is_given_to_the_next_consumer():
    shared, got = Log(), []
    await MemoryBus(shared, "test").append(canary("a"), 0, said("a", 1))
    everything = Durable(
        name="w", stream="EVENTS", filter="evt.>", deliver="all", description="Everything"
    )

    async def fatal(delivery):
        raise Fatal("this process must not go on")

    async def good(delivery):
        got.append(delivery.message.sequence)

    with pytest.raises(Fatal):
        await MemoryBus(shared, "one").consume(everything, fatal)
    async with running(MemoryBus(shared, "two").consume(everything, good)):
        await eventually(lambda: got == [1])


# Metrics


def test_every_metric_has_our_prefix_and_says_what_it_means():
    declared = [m for m in vars(metrics).values() if isinstance(m, MetricWrapperBase)]
    assert len(declared) >= 12
    for metric in declared:
        assert re.fullmatch(r"railcast_[a-z_]+", metric._name)
        assert len(metric._documentation.split()) >= 2
        assert all(re.fullmatch(r"[a-z]+", label) for label in metric._labelnames)


def test_every_metric_of_ours_is_declared_in_one_place():
    declared = {m._name for m in vars(metrics).values() if isinstance(m, MetricWrapperBase)}
    ours = {family.name for family in REGISTRY.collect() if family.name.startswith("railcast_")}
    assert {name for name in ours if name not in declared} == set()


# Rows


def row(name: str, total: int) -> TallyRow:
    return TallyRow(
        canary_id=name,
        total=total,
        last=None,
        average=0.5,
        odd=False,
        note=None,
        history=(),
        detail=None,
        said_at=NOW,
    )


def test_a_failed_event_leaves_nothing_behind():
    rows = Rows()
    for name, stored in (("a", row("a", 1)), ("b", row("b", 1)), ("c", None)):
        rows.load(TallyRow, (name,), stored)
    rows.begin()
    rows.put(row("a", 2))
    rows.begin()
    rows.put(row("a", 3))
    rows.put(row("a", 4))
    rows.delete(TallyRow, "b")
    rows.put(row("c", 5))
    rows.put(row("unannounced", 6))
    rows.roll_back()
    assert rows.get(TallyRow, "a") == row("a", 2)
    assert rows.get(TallyRow, "b") == row("b", 1)
    assert rows.get(TallyRow, "c") is None
    assert rows.take_changes() == [(TallyRow, ("a",), row("a", 2))]
    assert not rows.knows(TallyRow, ("unannounced",))


class WrittenRow(Row, frozen=True, kw_only=True):
    """A row that no fold reads."""

    TABLE: ClassVar = "written"
    KEY: ClassVar = ("name",)
    READ: ClassVar = False

    name: str
    total: int


def test_a_row_that_no_fold_reads_does_not_stay_in_memory():
    rows = Rows()
    first, second = WrittenRow(name="a", total=1), WrittenRow(name="b", total=1)
    rows.begin()
    rows.put(first)
    rows.begin()
    rows.put(second)
    rows.put(WrittenRow(name="a", total=2))
    rows.roll_back()
    assert rows.take_changes() == [(WrittenRow, ("a",), first)]
    assert rows.size() == 0
    rows.begin()
    rows.put(first)
    assert rows.take_changes() == [(WrittenRow, ("a",), first)]


def test_a_key_that_was_not_announced_is_never_read_or_removed():
    rows = Rows()
    with pytest.raises(KeyError):
        rows.get(TallyRow, "a")
    with pytest.raises(KeyError):
        rows.delete(TallyRow, "a")


def test_a_row_that_stays_the_same_is_not_written():
    rows = Rows()
    rows.load(TallyRow, ("a",), row("a", 1))
    rows.put(row("a", 1))
    rows.delete(TallyRow, "a")
    rows.put(row("a", 1))
    assert [change[1:] for change in rows.take_changes()] == [(("a",), row("a", 1))]
    assert rows.take_changes() == []


def test_forgetting_keeps_what_is_not_stored_yet():
    rows = Rows()
    rows.load(TallyRow, ("a",), row("a", 1))
    rows.put(row("b", 2))
    rows.forget()
    assert (rows.size(), rows.knows(TallyRow, ("a",))) == (1, False)
    assert rows.take_changes() == [(TallyRow, ("b",), row("b", 2))]


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """Every annotation a row may have."""

    TABLE = "plain"
    KEY = ("whole",)
    whole: int
    text: str | None
    truth: bool
    share: float
    moment: datetime | None
    word: Literal["a", "b"]
    anything: dict[str, Any]
    many: tuple[int, ...] | None


def test_column_types_follow_the_annotations():
    assert Table(Plain, "s").types == {
        "whole": "bigint",
        "text": "text",
        "truth": "boolean",
        "share": "double precision",
        "moment": "timestamptz",
        "word": "text",
        "anything": "jsonb",
        "many": "jsonb",
    }
