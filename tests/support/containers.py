"""The official images as test servers, where a Docker engine answers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs

from deploy.local.servers import NatsServer, PostgresServer
from deploy.nats.config import ServerSettings, render_config
from deploy.postgres.config import DATABASE, OWNER, READER, SUPERUSER
from deploy.postgres.roles import ensure_roles
from tests.support.servers import FILE_STORE_BYTES, TEST_USERS

NATS_IMAGE = "nats:2.15"
POSTGRES_IMAGE = "postgres:18"
PASSWORD = "test-only"


@contextmanager
def nats_container(folder: Path) -> Iterator[NatsServer]:
    """A nats-server container with our configuration and accounts."""
    _require_engine()
    passwords = {user.name: PASSWORD for user in TEST_USERS}
    settings = ServerSettings(
        host="0.0.0.0", store=Path("/data"), file_store_bytes=FILE_STORE_BYTES
    )
    file = folder / "server.conf"
    file.write_text(render_config(settings, passwords, TEST_USERS))
    container = (
        DockerContainer(NATS_IMAGE)
        .with_volume_mapping(str(file), "/etc/railcast.conf")
        .with_command("--config /etc/railcast.conf")
        .with_exposed_ports(settings.port, settings.monitor_port)
    )
    with container:
        wait_for_logs(container, "Server is ready")
        host = container.get_container_host_ip()
        yield NatsServer(
            url=f"nats://{host}:{container.get_exposed_port(settings.port)}",
            monitor_url=f"http://{host}:{container.get_exposed_port(settings.monitor_port)}",
            passwords=passwords,
        )


@contextmanager
def postgres_container() -> Iterator[PostgresServer]:
    """A PostgreSQL container with our roles and database."""
    _require_engine()
    container = (
        DockerContainer(POSTGRES_IMAGE)
        .with_env("POSTGRES_PASSWORD", PASSWORD)
        .with_exposed_ports(5432)
    )
    with container:
        # The image starts the server twice; the first one only prepares the data folder.
        wait_for_logs(container, r"(?s)ready to accept connections.*ready to accept connections")
        place = f"{container.get_container_host_ip()}:{container.get_exposed_port(5432)}"
        admin_dsn = f"postgresql://{SUPERUSER}:{PASSWORD}@{place}/{SUPERUSER}"
        asyncio.run(ensure_roles(admin_dsn, PASSWORD, PASSWORD))
        yield PostgresServer(
            dsn=f"postgresql://{OWNER}:{PASSWORD}@{place}/{DATABASE}",
            reader_dsn=f"postgresql://{READER}:{PASSWORD}@{place}/{DATABASE}",
            admin_dsn=admin_dsn,
        )


def _require_engine() -> None:
    try:
        docker.from_env(timeout=5).ping()
    except DockerException as error:
        pytest.skip(f"RAILCAST_TEST_SERVERS=testcontainers, but no Docker engine answers: {error}")
