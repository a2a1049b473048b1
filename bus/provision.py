"""Make the streams and durable consumers of the catalogue, and refuse to run on any difference.

Only `provision` may create; services bind. Nothing is ever changed or deleted here: a difference is
named, and a person decides.
"""

import uuid
from typing import Any

import structlog

from bus.connection import ApiError, Connection
from bus.errors import Drift
from contracts.streams import (
    DURABLES,
    FILE_STORE_BYTES_MIN,
    LOG_ID,
    MESSAGE_BYTES_MAX,
    STREAMS,
    Durable,
    Stream,
)

log = structlog.get_logger()

# Server 2.12; atomic batches and everything else we use are there.
API_LEVEL_MIN = 2
NANO = 1_000_000_000
_NO_STREAM = 10059
_NO_CONSUMER = 10014


def stream_config(stream: Stream, store_bytes: int, replicas: int) -> dict[str, Any]:
    """The server's form of one stream of the catalogue."""
    return {
        "name": stream.name,
        "description": stream.description,
        "subjects": list(stream.subjects),
        "retention": stream.retention,
        "discard": stream.discard,
        "storage": "file",
        "num_replicas": replicas,
        "max_bytes": int(store_bytes * stream.share),
        "max_msgs": -1,
        "no_ack": False,
        "sealed": False,
        "allow_rollup_hdrs": False,
        "max_age": stream.max_age_s * NANO,
        "max_msgs_per_subject": stream.max_msgs_per_subject,
        "max_msg_size": MESSAGE_BYTES_MAX + 16 * 1024,  # the body limit and room for headers
        "duplicate_window": stream.duplicate_window_s * NANO,
        "allow_direct": stream.allow_direct,
        "allow_atomic": stream.atomic,
        "deny_delete": stream.permanent,
        "deny_purge": stream.permanent,
    }


def consumer_config(durable: Durable) -> dict[str, Any]:
    """The server's form of one durable consumer of the catalogue."""
    return {
        "durable_name": durable.name,
        "name": durable.name,
        "description": durable.description,
        "filter_subject": durable.filter,
        "deliver_policy": durable.deliver,
        "ack_policy": "explicit",
        "ack_wait": durable.ack_wait_s * NANO,
        "max_deliver": durable.max_deliver,
        "max_ack_pending": durable.max_ack_pending,
    }


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What differs, one sentence each; a field the server leaves out counts as its zero."""
    there = {name: found.get(name, type(value)()) for name, value in wanted.items()}
    return [
        f"{name} is {there[name]!r}, the catalogue says {value!r}"
        for name, value in wanted.items()
        if there[name] != value
    ]


async def provision(connection: Connection, replicas: int = 1) -> str:
    """Make what is missing, check what is there; returns the log id. Raises Drift."""
    account = await connection.api("INFO")
    level = int(account.get("api", {}).get("level", 0))
    if level < API_LEVEL_MIN:
        raise Drift(f"the server's JetStream API level is {level}, {API_LEVEL_MIN} is needed")
    store = await _store_bytes(connection, account)
    for stream in STREAMS:
        await _stream(connection, stream, stream_config(stream, store, replicas))
    for durable in DURABLES:
        await _consumer(connection, durable)
    info = await connection.api("STREAM.INFO.EVENTS")
    return str(info["config"]["metadata"][LOG_ID])


async def _store_bytes(connection: Connection, account: dict[str, Any]) -> int:
    """File store the shares are taken from: what EVENTS was made with, else the account's limit."""
    try:
        info = await connection.api("STREAM.INFO.EVENTS")
        return round(int(info["config"]["max_bytes"]) / STREAMS[0].share)
    except ApiError as error:
        if error.code != _NO_STREAM:
            raise
    limit = int(account.get("limits", {}).get("max_storage", -1))
    if 0 < limit < FILE_STORE_BYTES_MIN:
        raise Drift(f"the account may store {limit} bytes, {FILE_STORE_BYTES_MIN} are needed")
    return limit if limit > 0 else FILE_STORE_BYTES_MIN


async def _stream(connection: Connection, stream: Stream, wanted: dict[str, Any]) -> None:
    try:
        info = await connection.api(f"STREAM.INFO.{stream.name}")
    except ApiError as error:
        if error.code != _NO_STREAM:
            raise
        identity = {LOG_ID: str(uuid.uuid4()), "owner": "railcast"}
        await connection.api(f"STREAM.CREATE.{stream.name}", wanted | {"metadata": identity})
        log.info("provision.stream", name=stream.name)
        return
    found = info["config"]
    # A share of a size that was rounded once may differ by a byte or two.
    if abs(found["max_bytes"] - wanted["max_bytes"]) <= len(STREAMS):
        wanted = wanted | {"max_bytes": found["max_bytes"]}
    if changed := differences(wanted, found):
        raise Drift(f"stream {stream.name}: {'; '.join(changed)}")


async def _consumer(connection: Connection, durable: Durable) -> None:
    wanted = consumer_config(durable)
    try:
        info = await connection.api(f"CONSUMER.INFO.{durable.stream}.{durable.name}")
    except ApiError as error:
        if error.code != _NO_CONSUMER:
            raise
        await connection.api(
            f"CONSUMER.CREATE.{durable.stream}.{durable.name}.{durable.filter}",
            {"stream_name": durable.stream, "config": wanted, "action": "create"},
        )
        log.info("provision.consumer", name=durable.name)
        return
    if changed := differences(wanted, info["config"]):
        raise Drift(f"consumer {durable.name}: {'; '.join(changed)}")


def assert_sync_always(jsz: dict[str, Any]) -> None:
    """Raise Drift unless the monitor's `/jsz` shows that every write is synced before its ack.

    Without it a power cut loses acknowledged facts. The field `sync_interval` still shows its
    default when `sync_always` is on, so only the latter counts.
    """
    config = jsz.get("config", {})
    if not config.get("sync_always"):
        raise Drift("the server acknowledges before it syncs; set jetstream sync_interval: always")
