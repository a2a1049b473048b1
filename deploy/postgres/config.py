"""PostgreSQL's settings and the command that prepares a data folder."""

from pathlib import Path

# Every process of a show with its small pool, twice over, and some tools.
CONNECTIONS_MAX = 120

SUPERUSER = "postgres"
# Owns the database and every schema in it; projections log in as this role.
OWNER = "railcast"
# May read the views that the owner grants, nothing else.
READER = "reader"
DATABASE = "railcast"


def settings(port: int) -> dict[str, str]:
    """Settings of a server for one machine: loopback TCP only, safe against a power cut."""
    return {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": str(CONNECTIONS_MAX),
        "shared_buffers": "128MB",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_wal_size": "1GB",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A forgotten transaction holds back clean-up of old rows and blocks a schema switch.
        "idle_in_transaction_session_timeout": "60s",
        "lock_timeout": "30s",
        "log_min_duration_statement": "1s",
        # What is written may be private and erased later; a log file never forgets.
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }


def server_command(binaries: Path, data: Path, port: int) -> tuple[str, ...]:
    """Command line of the server; settings are arguments, so the data folder holds only data."""
    options = [part for key, value in settings(port).items() for part in ("-c", f"{key}={value}")]
    return (str(binaries / "postgres"), "-D", str(data), *options)


def prepare_command(binaries: Path, data: Path, password_file: Path) -> tuple[str, ...]:
    """Command line that makes a data folder: SCRAM logins, the same order of text everywhere."""
    return (
        str(binaries / "initdb"),
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    )
