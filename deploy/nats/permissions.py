"""Who may say and hear what on NATS: one table, from which configuration and probe test follow.

Three accounts: SYS (the server about itself), CORE (services, projections, operators; JetStream)
and VIEW (outside viewers). A right that no row gives is refused by the server.

The right to make a consumer is stronger than it looks: the maker chooses where a push consumer
delivers. So only processes of the house have it, each for consumer names of its own, and VIEW
never has it.
"""

from typing import Literal

import msgspec

from contracts import streams, subjects

type Account = Literal["SYS", "CORE", "VIEW"]

API = "$JS.API"
# What VIEW takes over from CORE: notices as they are said, and the newest one of a subject. A
# direct get without a subject would answer for every session at once, so it is not among them.
VIEW_STREAMS = ("broadcast.>", "render-progress.>")
VIEW_SERVICES = tuple(f"{API}.DIRECT.GET.LIVE.{subject}" for subject in VIEW_STREAMS)


class User(msgspec.Struct, frozen=True, kw_only=True):
    """One login. `publish` and `subscribe` are complete: whatever they do not cover is refused.

    Nobody may answer any reply subject (`allow_responses`): a command reaches its service through
    a stream, which takes the reply subject for itself, so answers go to the sender's named inbox.
    """

    name: str
    account: Account = "CORE"
    publish: tuple[str, ...]
    subscribe: tuple[str, ...] = ()

    @property
    def inbox_prefix(self) -> str:
        """Prefix of every reply subject of this user; no other user can listen there."""
        return f"_INBOX.{self.name}"

    @property
    def hears(self) -> tuple[str, ...]:
        """All subjects the user may subscribe to, its own inbox first."""
        return (f"{self.inbox_prefix}.>", *self.subscribe)


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What a service does on the bus, in words of the contracts; its rights follow."""

    name: str
    contexts: tuple[str, ...] = ()
    follows: bool = True
    notices: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()


SERVICES = (
    Service(name="gfx-ingest", contexts=("gfx",), notices=("sync-status.>",)),
    Service(name="wsop-import", contexts=("wsop",), notices=("sync-status.wsop.>",)),
    Service(
        name="cuesheet", contexts=("cuesheet",), notices=("broadcast.>",), commands=("render",)
    ),
    Service(name="override", contexts=("override",)),
    Service(name="render", contexts=("render",), notices=("render-progress.>",)),
    Service(name="notifier", contexts=("notification",), notices=("notifications.>",)),
    Service(
        name="gateway",
        contexts=("system",),
        follows=False,  # it says the canary and keeps no state of it
        commands=streams.COMMAND_SERVICES,
        watches=subjects.LIVE_ALL,
    ),
)


def user_name(process: str) -> str:
    """Login of a service or projection: its name with hyphens."""
    return process.replace("_", "-")


def reader_names(owner: str) -> tuple[str, str]:
    """The two consumers a positioned reader of EVENTS alternates between."""
    return (f"{owner}_0", f"{owner}_1")


def _reads_events() -> tuple[str, ...]:
    return (
        f"{API}.STREAM.INFO.EVENTS",
        f"{API}.STREAM.MSG.GET.EVENTS",
        f"{API}.DIRECT.GET.EVENTS",
        f"{API}.DIRECT.GET.EVENTS.>",
    )


def _follows_events(owner: str, filters: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Rights of a positioned reader: make, read and delete its own two consumers.

    `filters` are the subject filters it may ask for; none = only the whole stream.
    """
    rights = []
    for name in reader_names(owner):
        create = f"{API}.CONSUMER.CREATE.EVENTS.{name}"
        rights += [f"{create}.{subject}" for subject in filters] or [create]
        rights += [
            f"{API}.CONSUMER.DELETE.EVENTS.{name}",
            f"{API}.CONSUMER.INFO.EVENTS.{name}",
            f"{API}.CONSUMER.MSG.NEXT.EVENTS.{name}",
        ]
    return tuple(rights)


def _uses_durable(durable: streams.Durable) -> tuple[str, ...]:
    place = f"{durable.stream}.{durable.name}"
    return (
        f"{API}.CONSUMER.INFO.{place}",
        f"{API}.CONSUMER.MSG.NEXT.{place}",
        f"$JS.ACK.{place}.>",
    )


def durables_of(service: str) -> tuple[streams.Durable, ...]:
    """Durable consumers of a service: named like it, or `<service>-<purpose>`."""
    return tuple(
        d for d in streams.DURABLES if d.name == service or d.name.startswith(service + "-")
    )


def _senders_to(service: str) -> tuple[str, ...]:
    return tuple(s.name for s in SERVICES if service in s.commands)


def _service_user(service: Service) -> User:
    publish = [
        *(subjects.context_events(context) for context in service.contexts),
        *service.notices,
        *(subjects.service_commands(target) for target in service.commands),
        *(f"_INBOX.{sender}.>" for sender in _senders_to(service.name)),
        f"dlq.{service.name}.>",
        *_reads_events(),
        f"{API}.DIRECT.GET.LIVE.>",
    ]
    if service.contexts and service.follows:
        own = tuple(subjects.context_events(context) for context in service.contexts)
        publish += _follows_events(service.name, own)
    for durable in durables_of(service.name):
        publish += _uses_durable(durable)
    return User(name=service.name, publish=tuple(publish), subscribe=service.watches)


def _projection_user(name: str, version: int) -> User:
    return User(
        name=user_name(name),
        publish=(
            *_reads_events(),
            *_follows_events(f"{name}_v{version}"),
            subjects.DEAD_LETTERS_ALL,
        ),
    )


# Makes and updates streams and consumers and exits. It deletes nothing: a log cannot be lost here.
PROVISION = User(
    name="provision",
    publish=(
        f"{API}.INFO",
        f"{API}.STREAM.CREATE.*",
        f"{API}.STREAM.UPDATE.*",
        f"{API}.STREAM.INFO.*",
        f"{API}.STREAM.NAMES",
        f"{API}.STREAM.LIST",
        f"{API}.CONSUMER.CREATE.>",
        f"{API}.CONSUMER.DURABLE.CREATE.>",
        f"{API}.CONSUMER.INFO.>",
        f"{API}.CONSUMER.NAMES.*",
        f"{API}.CONSUMER.LIST.*",
    ),
)
# People who look for a fault: they read everything that is stored and change nothing.
OPS = User(
    name="ops",
    publish=(
        f"{API}.INFO",
        f"{API}.STREAM.INFO.*",
        f"{API}.STREAM.NAMES",
        f"{API}.STREAM.LIST",
        f"{API}.STREAM.MSG.GET.*",
        f"{API}.DIRECT.GET.>",
        f"{API}.CONSUMER.INFO.>",
        f"{API}.CONSUMER.NAMES.*",
        f"{API}.CONSUMER.LIST.*",
    ),
    subscribe=(*subjects.LIVE_ALL, "$JS.EVENT.ADVISORY.>"),
)
SYSTEM = User(name="sys", account="SYS", publish=("$SYS.REQ.>",), subscribe=("$SYS.>",))
VIEWER = User(name="viewer", account="VIEW", publish=VIEW_SERVICES, subscribe=VIEW_STREAMS)

USERS = (
    *(_service_user(service) for service in SERVICES),
    *(_projection_user(name, version) for name, version in streams.PROJECTIONS.items()),
    PROVISION,
    OPS,
    SYSTEM,
    VIEWER,
)
