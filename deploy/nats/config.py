"""The nats-server configuration, made from the permission table.

The server reads JSON as its own format, so the configuration is data until the last line.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from contracts.codec import MESSAGE_BYTES_MAX
from deploy.nats.permissions import USERS, VIEW_SERVICES, VIEW_STREAMS, Account, User

# A body at its limit plus its headers; more is a fault of the sender.
PAYLOAD_BYTES_MAX = 2 * MESSAGE_BYTES_MAX
# Memory consumers of readers live here; bodies never do.
MEMORY_STORE_BYTES_MAX = 128 * 1024**2
# A client that far behind is cut off before it costs the others memory.
PENDING_BYTES_MAX = 64 * 1024**2
# Every process of a show, twice over, and some tools.
CONNECTIONS_MAX = 512
VIEW_CONNECTIONS_MAX = 256
# A viewer says nothing but the empty body of a direct get.
VIEW_PAYLOAD_BYTES_MAX = 1024
VIEW_SUBSCRIPTIONS_MAX = 4096
SUBSCRIPTIONS_MAX = 1024
STREAMS_MAX = 32
CONSUMERS_MAX = 512

# A password of this form stands for an environment variable of the server.
_VARIABLE = re.compile(r'"(\$[A-Z][A-Z0-9_]*)"')


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two servers. Sizes in bytes; both ports listen on `host`."""

    host: str = "127.0.0.1"
    port: int = 4222
    monitor_port: int = 8222
    store: Path
    file_store_bytes: int
    name: str = "railcast"


def password_variables(users: Iterable[User] = USERS) -> dict[str, str]:
    """Passwords that the server takes from its environment: `$RAILCAST_NATS_PASSWORD_<USER>`."""
    return {
        user.name: f"$RAILCAST_NATS_PASSWORD_{user.name.upper().replace('-', '_')}"
        for user in users
    }


def render_config(
    settings: ServerSettings, passwords: Mapping[str, str], users: Sequence[User] = USERS
) -> str:
    """Text of the configuration file; every user needs a password (KeyError otherwise).

    `sync_interval: always` is not a choice: with the server's default an acknowledged event is
    lost when the machine loses power within two minutes.
    """
    config = {
        "server_name": settings.name,
        "listen": f"{settings.host}:{settings.port}",
        "http": f"{settings.host}:{settings.monitor_port}",
        "max_payload": PAYLOAD_BYTES_MAX,
        "max_pending": PENDING_BYTES_MAX,
        "max_connections": CONNECTIONS_MAX,
        "max_subscriptions": SUBSCRIPTIONS_MAX,
        "ping_interval": "20s",
        "ping_max": 3,
        "write_deadline": "5s",
        "lame_duck_grace_period": "2s",
        "lame_duck_duration": "30s",
        "jetstream": {
            "store_dir": str(settings.store),
            "max_file_store": settings.file_store_bytes,
            "max_memory_store": MEMORY_STORE_BYTES_MAX,
            "sync_interval": "always",
        },
        "system_account": "SYS",
        "accounts": _accounts(settings, passwords, users),
    }
    return _VARIABLE.sub(r"\1", json.dumps(config, indent=2)) + "\n"


def _accounts(
    settings: ServerSettings, passwords: Mapping[str, str], users: Sequence[User]
) -> dict[str, Any]:
    def logins(account: Account) -> list[dict[str, Any]]:
        return [_login(user, passwords) for user in users if user.account == account]

    return {
        "SYS": {"users": logins("SYS")},
        "CORE": {
            # Provisioning shares out what the account may store, so the account has to say it.
            "jetstream": {
                "max_file": settings.file_store_bytes,
                "max_mem": MEMORY_STORE_BYTES_MAX,
                "max_streams": STREAMS_MAX,
                "max_consumers": CONSUMERS_MAX,
            },
            "exports": [
                *({"stream": subject, "accounts": ["VIEW"]} for subject in VIEW_STREAMS),
                *({"service": subject, "accounts": ["VIEW"]} for subject in VIEW_SERVICES),
            ],
            "users": logins("CORE"),
        },
        "VIEW": {
            "limits": {
                "max_connections": VIEW_CONNECTIONS_MAX,
                "max_subscriptions": VIEW_SUBSCRIPTIONS_MAX,
                "max_payload": VIEW_PAYLOAD_BYTES_MAX,
            },
            "imports": [
                *({"stream": {"account": "CORE", "subject": s}} for s in VIEW_STREAMS),
                *({"service": {"account": "CORE", "subject": s}} for s in VIEW_SERVICES),
            ],
            "users": logins("VIEW"),
        },
    }


def _login(user: User, passwords: Mapping[str, str]) -> dict[str, Any]:
    return {
        "user": user.name,
        "password": passwords[user.name],
        "permissions": {
            "publish": {"allow": list(user.publish)},
            "subscribe": {"allow": list(user.hears)},
        },
    }
