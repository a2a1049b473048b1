"""Provisioning: what is missing is made, what differs is named, nothing is ever changed."""

import asyncio
import json
import urllib.request

import pytest

from bus.errors import Drift
from bus.provision import API_LEVEL_MIN, assert_sync_always, differences, provision
from contracts.streams import DURABLES, LOG_ID, STREAMS
from deploy.local.home import Home
from deploy.local.process import ProcessSpec
from deploy.local.servers import _nats_binary
from tests.support.bus import connected, eventually
from tests.support.servers import Runner


@pytest.fixture
async def connection(bus_urls):
    async with connected(bus_urls) as connection:
        yield connection


async def everything(connection):
    """Every stream and durable consumer on the server, as configured."""
    found = {}
    for stream in STREAMS:
        info = await connection.api(f"STREAM.INFO.{stream.name}")
        found[stream.name] = info["config"], info["created"]
    for durable in DURABLES:
        info = await connection.api(f"CONSUMER.INFO.{durable.stream}.{durable.name}")
        found[durable.name] = info["config"], info["created"]
    return found


async def test_the_whole_catalogue_is_made_and_named_by_a_log_id(connection):
    log_id = await provision(connection)
    assert len(log_id) == 36
    found = await everything(connection)
    assert len(found) == len(STREAMS) + len(DURABLES)
    events, _ = found["EVENTS"]
    assert events["metadata"][LOG_ID] == log_id
    assert events["discard"] == "new"
    assert events["retention"] == "limits"
    assert events["storage"] == "file"
    assert (events["deny_delete"], events["deny_purge"]) == (True, True)
    assert events["allow_atomic"]
    assert sum(config["max_bytes"] for config, _ in (found[s.name] for s in STREAMS)) > 0


async def test_provisioning_twice_changes_nothing(connection):
    log_id = await provision(connection)
    before = await everything(connection)
    assert await provision(connection) == log_id
    assert await everything(connection) == before


async def test_a_wiped_log_gets_another_name(connection):
    first = await provision(connection)
    await connection.api("STREAM.DELETE.EVENTS")
    assert await provision(connection) != first


@pytest.mark.parametrize(
    ("stream", "change"),
    [
        ("LIVE", {"max_age": 1_000_000_000 * 3600}),
        ("EVENTS", {"discard": "old"}),
        ("EVENTS", {"max_msgs": 100}),
        ("EVENTS", {"no_ack": True}),
        ("DLQ", {"max_bytes": 1_000_000}),
        ("COMMANDS", {"subjects": ["cmd.>", "more.>"]}),
    ],
)
async def test_a_stream_that_differs_is_named_and_left_alone(connection, stream, change):
    await provision(connection)
    config = (await connection.api(f"STREAM.INFO.{stream}"))["config"]
    await connection.api(f"STREAM.UPDATE.{stream}", config | change)
    before = await everything(connection)
    (field,) = change
    with pytest.raises(Drift, match=rf"stream {stream}: {field} is"):
        await provision(connection)
    assert await everything(connection) == before


async def test_a_consumer_that_differs_is_named_and_left_alone(connection):
    await provision(connection)
    durable = next(d for d in DURABLES if d.name == "render-worker")
    place = f"{durable.stream}.{durable.name}"
    config = (await connection.api(f"CONSUMER.INFO.{place}"))["config"]
    await connection.api(
        f"CONSUMER.CREATE.{place}.{durable.filter}",
        {"stream_name": durable.stream, "config": config | {"max_deliver": 3}, "action": "update"},
    )
    with pytest.raises(Drift, match=r"consumer render-worker: max_deliver is 3"):
        await provision(connection)


def fetch(url: str):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def test_a_field_the_server_leaves_out_counts_as_its_zero():
    assert differences({"a": False, "b": 0, "c": "x"}, {"c": "x"}) == []
    assert differences({"a": True}, {}) == ["a is False, the catalogue says True"]


async def test_an_old_server_is_refused(connection, monkeypatch):
    level = (await connection.api("INFO"))["api"]["level"]
    assert level >= API_LEVEL_MIN
    monkeypatch.setattr("bus.provision.API_LEVEL_MIN", level + 1)
    with pytest.raises(Drift, match=f"API level is {level}"):
        await provision(connection)


@pytest.mark.parametrize(
    ("setting", "good"),
    [("sync_interval: always", True), ('sync_interval: "1s"', False), ("", False)],
)
async def test_only_a_server_that_syncs_before_it_acknowledges_is_accepted(tmp_path, setting, good):
    runner = Runner(Home(tmp_path / "home"))
    ports = tmp_path / "ports"
    ports.mkdir()
    config = tmp_path / "server.conf"
    config.write_text(
        f"host: 127.0.0.1\nport: -1\nhttp: 127.0.0.1:-1\nports_file_dir: '{ports}'\n"
        f"jetstream {{ store_dir: '{tmp_path / 'store'}'\n{setting} }}\n"
    )

    await runner.start(ProcessSpec(name="plain", argv=(str(_nats_binary()), "-c", str(config))))
    try:
        await eventually(lambda: any(file.stat().st_size for file in ports.glob("*.ports")))
        (file,) = ports.glob("*.ports")
        (monitor,) = json.loads(file.read_text())["monitoring"]
        jsz = await asyncio.to_thread(fetch, f"{monitor}/jsz?config=true")
    finally:
        await runner.stop()
    if good:
        assert_sync_always(jsz)
        return
    with pytest.raises(Drift, match="sync_interval: always"):
        assert_sync_always(jsz)
