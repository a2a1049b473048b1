"""nats-server and PostgreSQL of a home: start, restart, crash, and what they leave alone."""

# Blocking calls are fine here: nothing else runs on a test's loop.
# ruff: noqa: ASYNC210, ASYNC240

import json
import os
import pwd
import shutil
import socket
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from nats.js.api import StreamConfig

from deploy.local.home import Home, HomeInUse
from deploy.local.process import ProcessSpec, start_mark
from deploy.local.servers import NatsServer, external_nats, external_postgres, start_postgres
from deploy.local.start import StartFailed
from tests.support.servers import TEST_ADMIN, FreshNats, FreshPostgres, Runner, connect

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")


async def store_one(server: NatsServer) -> None:
    client = await connect(server, TEST_ADMIN.name)
    await client.jetstream().add_stream(StreamConfig(name="KEPT", subjects=["kept"]))
    await client.jetstream().publish("kept", b"fact")
    await client.close()


async def stored(server: NatsServer) -> int:
    client = await connect(server, TEST_ADMIN.name)
    streams = await client.jsm().streams_info()
    await client.close()
    return sum(info.state.messages for info in streams)


async def query(dsn: str, *statements: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def test_nats_keeps_messages_and_address_over_a_clean_restart(fresh_nats: FreshNats):
    before = fresh_nats.server
    await store_one(before)
    await fresh_nats.restart()
    assert fresh_nats.server == before
    assert await stored(fresh_nats.server) == 1


@pytest.mark.fault
async def test_nats_keeps_acknowledged_messages_over_a_kill(fresh_nats: FreshNats):
    await store_one(fresh_nats.server)
    await fresh_nats.kill9()
    await fresh_nats.restart()
    assert await stored(fresh_nats.server) == 1


async def test_a_wiped_nats_is_empty_at_the_same_address(fresh_nats: FreshNats):
    url = fresh_nats.server.url
    await store_one(fresh_nats.server)
    await fresh_nats.wipe()
    assert fresh_nats.server.url == url
    assert await stored(fresh_nats.server) == 0


async def test_nats_says_that_it_syncs_every_message(nats_server: NatsServer):
    if not nats_server.monitor_url:
        pytest.skip("the monitor of this server is not ours")
    with urllib.request.urlopen(f"{nats_server.monitor_url}/jsz", timeout=5) as answer:
        assert json.load(answer)["config"]["sync_always"] is True


async def test_postgres_keeps_rows_and_address_over_a_clean_restart(
    fresh_postgres: FreshPostgres,
):
    before = fresh_postgres.server
    await query(before.dsn, "create table kept (n int)", "insert into kept values (7) returning n")
    await fresh_postgres.restart()
    assert fresh_postgres.server == before
    assert await query(before.dsn, "select n from kept") == 7


@pytest.mark.fault
async def test_postgres_keeps_committed_rows_over_a_kill(fresh_postgres: FreshPostgres):
    dsn = fresh_postgres.server.dsn
    await query(dsn, "create table kept (n int)", "insert into kept values (7) returning n")
    await fresh_postgres.kill9()
    await fresh_postgres.restart()
    assert await query(dsn, "select n from kept") == 7


async def test_postgres_takes_only_the_right_password_and_syncs(fresh_postgres: FreshPostgres):
    server = fresh_postgres.server
    assert await query(server.dsn, "show fsync") == "on"
    password = server.dsn.split(":")[2].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn.replace(password, "wrong"))


async def test_the_reader_sees_only_what_the_owner_granted(fresh_postgres: FreshPostgres):
    server = fresh_postgres.server
    await query(
        server.dsn,
        "create schema shown",
        "create view shown.one as select 1 as n",
        "create view shown.closed as select 2 as n",
        "grant usage on schema shown to reader",
        "grant select on shown.one to reader",
        "select 1",
    )
    assert await query(server.reader_dsn, "select n from shown.one") == 1
    for refused in ("select n from shown.closed", "create table public.mine (n int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await query(server.reader_dsn, refused)


async def test_a_stop_leaves_no_process_and_no_record(tmp_path: Path):
    nats, postgres = FreshNats(Home(tmp_path)), FreshPostgres(Home(tmp_path))
    await nats.restart()
    await postgres.restart()
    pids = [nats.pid, postgres.pid]
    workers = await query(postgres.server.dsn, "select array_agg(pid) from pg_stat_activity")
    await postgres.stop()
    await nats.stop()
    assert not [pid for pid in (*pids, *workers) if start_mark(pid)]
    assert not list((tmp_path / "run").iterdir())


async def test_a_start_cut_short_while_preparing_is_begun_again(tmp_path: Path):
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    postgres = FreshPostgres(Home(tmp_path))
    await postgres.restart()
    assert await query(postgres.server.dsn, "select 1") == 1
    await postgres.stop()


async def test_each_test_database_is_its_own(database: str):
    assert await query(database, "create table t (n int)", "select count(*) from t") == 0


async def test_an_address_in_the_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert external_postgres() is None
    monkeypatch.setenv("NATS_URL", "nats://elsewhere:4222")
    server = external_nats()
    assert server is not None
    assert server.url_for("render") == "nats://elsewhere:4222"
    assert server.environment("render") == {"RAILCAST_NATS_URL": "nats://elsewhere:4222"}


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder only its owner may enter, below folders everybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="railcast-closed-"))
    yield folder
    shutil.rmtree(folder)


@needs_root
async def test_as_root_postgres_runs_below_a_closed_folder_and_changes_nothing_outside(
    closed_folder: Path,
):
    accounts = Path("/etc/passwd").read_bytes()
    outside = [(p, p.stat().st_mode, p.stat().st_uid) for p in (closed_folder, Path("/"))]
    postgres = FreshPostgres(Home(closed_folder / "home"))
    await postgres.restart()
    status = Path(f"/proc/{postgres.pid}/status").read_text()
    assert "CapEff:\t0000000000000000" in status
    await postgres.stop()
    assert outside == [(p, p.stat().st_mode, p.stat().st_uid) for p, *_ in outside]
    assert Path("/etc/passwd").read_bytes() == accounts


def give_to_nobody(folder: Path) -> int:
    """Do what the launcher does where namespaces are refused; such a folder stays nobody's."""
    folder.mkdir(parents=True)
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(folder, nobody, nobody)
    return nobody


@needs_root
async def test_without_namespaces_postgres_runs_as_the_real_nobody(closed_folder: Path):
    closed_folder.chmod(0o755)
    nobody = give_to_nobody(closed_folder / "postgres")
    # Homes are closed to others; this one is opened as far as the fallback needs.
    home = Home(closed_folder)
    runner = Runner(home)
    server = await start_postgres(home, runner.start)
    status = Path(f"/proc/{runner.children[-1].pid}/status").read_text()
    assert f"Uid:\t{nobody}\t{nobody}\t{nobody}\t{nobody}" in status
    assert await query(server.dsn, "select 1") == 1
    await runner.stop()


@needs_root
async def test_without_namespaces_a_closed_home_is_refused_with_a_remedy(closed_folder: Path):
    give_to_nobody(closed_folder / "postgres")
    home = Home(closed_folder)
    with pytest.raises(StartFailed, match="choose another home"):
        await start_postgres(home, Runner(home).start)


async def test_a_program_that_cannot_start_is_reported_with_its_words(tmp_path: Path):
    runner = Runner(Home(tmp_path))
    missing = ProcessSpec(name="missing", kind="job", argv=("/nowhere/program",))
    with pytest.raises(StartFailed, match="/nowhere/program"):
        await runner.start(missing)


def test_a_port_stays_the_same_until_somebody_else_takes_it(tmp_path: Path):
    port = Home(tmp_path).port("nats")
    assert Home(tmp_path).port("nats") == port
    with socket.create_server(("127.0.0.1", port)):
        other = Home(tmp_path).port("nats")
    assert other != port
    assert Home(tmp_path).port("nats") == other


def test_a_preferred_port_is_taken_when_free(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        assert Home(tmp_path).port("busy", number) != number
    assert Home(tmp_path).port("free", number) == number


def test_secrets_stay_the_same_and_only_their_owner_reads_them(tmp_path: Path):
    secret = Home(tmp_path).secret("postgres/owner")
    assert Home(tmp_path).secret("postgres/owner") == secret
    assert Home(tmp_path).secret("postgres/reader") != secret
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_second_up_on_the_same_home_is_refused(tmp_path: Path):
    with (
        Home(tmp_path).locked(),
        pytest.raises(HomeInUse, match=str(os.getpid())),
        Home(tmp_path).locked(),
    ):
        pass
    with Home(tmp_path).locked() as home:
        assert home.root == tmp_path
