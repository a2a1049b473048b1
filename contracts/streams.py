"""The stream catalogue as data: what is stored, how long, and who reads it with a durable consumer.

Provisioning makes exactly this and refuses to start on any difference. Quotas are shares of the
server's JetStream file store, so that a full import can never starve a take.
"""

from typing import Literal

import msgspec

from contracts import subjects
from contracts.codec import MESSAGE_BYTES_MAX

GIB = 1024**3

# Below this the shares of the smaller streams no longer hold one busy day.
FILE_STORE_BYTES_MIN = 2 * GIB
# Stream metadata that names this log; checkpoints compare it, so a wiped store is noticed.
LOG_ID = "railcast-log-id"


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """One stream. `share` is its part of the file store; ages and windows in seconds, 0 = none."""

    name: str
    subjects: tuple[str, ...]
    retention: Literal["limits", "workqueue"] = "limits"
    discard: Literal["old", "new"] = "new"
    share: float
    max_age_s: int = 0
    max_msgs_per_subject: int = -1
    duplicate_window_s: int = 120
    allow_direct: bool = True
    atomic: bool = False
    permanent: bool = False
    description: str


class Durable(msgspec.Struct, frozen=True, kw_only=True):
    """One durable pull consumer. `filter` is a single subject: several read 75 times slower."""

    name: str
    stream: str
    filter: str
    deliver: Literal["all", "new"]
    # Redelivery after a crash must be quick; work that takes longer says in_progress.
    ack_wait_s: int = 5
    # The bus sets a message aside before this is reached; it is the server's backstop.
    max_deliver: int = 20
    max_ack_pending: int = 256
    # Messages one instance asks for at a time: few where one takes long, so that another instance
    # gets its share. A command takes about a millisecond.
    batch: int = 64
    description: str


EVENTS = Stream(
    name="EVENTS",
    subjects=(subjects.EVENTS_ALL,),
    share=0.60,
    atomic=True,
    permanent=True,
    description="The log: every fact, in one total order, for ever",
)
COMMANDS = Stream(
    name="COMMANDS",
    subjects=(subjects.COMMANDS_ALL,),
    retention="workqueue",
    share=0.02,
    description="Requests that wait for their service",
)
LIVE = Stream(
    name="LIVE",
    subjects=subjects.LIVE_ALL,
    discard="old",
    share=0.01,
    max_age_s=24 * 3600,
    max_msgs_per_subject=1,
    description="Newest notice per subject, for screens and late joiners",
)
DLQ = Stream(
    name="DLQ",
    subjects=(subjects.DEAD_LETTERS_ALL,),
    share=0.05,
    description="Messages set aside, with the reason",
)
ADVISORIES = Stream(
    name="ADVISORIES",
    subjects=(
        "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",
        "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
    ),
    discard="old",
    share=0.01,
    max_age_s=7 * 24 * 3600,
    description="The server's own word on messages it gave up",
)
STREAMS = (EVENTS, COMMANDS, LIVE, DLQ, ADVISORIES)

# Services that take commands; each has one durable consumer of its own name on COMMANDS.
COMMAND_SERVICES = ("gfx-ingest", "cuesheet", "render", "wsop-import", "override")

DURABLES = (
    *(
        Durable(
            name=service,
            stream="COMMANDS",
            filter=subjects.service_commands(service),
            deliver="all",
            description=f"Commands for {service}",
        )
        for service in COMMAND_SERVICES
    ),
    Durable(
        name="gfx-ingest-findings",
        stream="EVENTS",
        filter=subjects.events_of("gfx", "game"),
        deliver="new",
        max_ack_pending=1,  # a game's findings are said in the order of its facts
        description="Says what follows from the hands of a game",
    ),
    Durable(
        name="gfx-ingest-announcer",
        stream="EVENTS",
        filter=subjects.events_of("gfx", "table"),
        deliver="new",
        max_ack_pending=1,  # notices leave in the order of the facts
        description="Says the notices of the tables' sync facts",
    ),
    Durable(
        name="wsop-import-announcer",
        stream="EVENTS",
        filter=subjects.events_of("wsop", "source"),
        deliver="new",
        max_ack_pending=1,  # notices leave in the order of the facts
        description="Says the notices of the tournament platform's sync facts",
    ),
    Durable(
        name="cuesheet-announcer",
        stream="EVENTS",
        filter=subjects.context_events("cuesheet"),
        deliver="new",
        max_ack_pending=1,  # notices leave in the order of the facts
        description="Says the notices of cue sheet facts",
    ),
    Durable(
        name="cuesheet-render",
        stream="EVENTS",
        filter=subjects.events_named("cuesheet", "session", "cue_taken"),
        deliver="new",
        description="Asks for the picture of a taken cue",
    ),
    Durable(
        name="render-worker",
        stream="EVENTS",
        filter=subjects.events_named("render", "job", "render_requested"),
        deliver="new",
        batch=1,
        description="Renders what was requested",
    ),
    Durable(
        name="render-announcer",
        stream="EVENTS",
        filter=subjects.context_events("render"),
        deliver="new",
        max_ack_pending=1,
        description="Says the notices of render facts",
    ),
    Durable(
        name="override-eraser",
        stream="EVENTS",
        filter=subjects.events_named("override", "person", "person_erased"),
        deliver="new",
        description="Deletes the objects of an erased person",
    ),
    Durable(
        name="notifier-render",
        stream="EVENTS",
        filter=subjects.events_named("render", "job", "render_failed"),
        deliver="new",
        description="Raises a notification for a failed render",
    ),
    Durable(
        name="notifier-gfx",
        stream="EVENTS",
        filter=subjects.events_named("gfx", "table", "file_rejected"),
        deliver="new",
        description="Raises a notification for a rejected file",
    ),
    Durable(
        name="notifier-sync",
        stream="EVENTS",
        filter=subjects.events_named("gfx", "table", "sync_failed"),
        deliver="new",
        description="Raises a notification when a table's sync keeps failing",
    ),
    Durable(
        name="notifier-hands",
        stream="EVENTS",
        filter=subjects.events_named("gfx", "game", "hand_withdrawn"),
        deliver="new",
        description="Raises a notification for hands that a file lost",
    ),
    Durable(
        name="notifier-wsop-rejected",
        stream="EVENTS",
        filter=subjects.events_named("wsop", "import", "import_rejected"),
        deliver="new",
        description="Raises a notification for a rejected import",
    ),
    Durable(
        name="notifier-wsop-closed",
        stream="EVENTS",
        filter=subjects.events_named("wsop", "import", "import_closed"),
        deliver="new",
        description="Raises a notification for an import that is partial",
    ),
    Durable(
        name="notifier-wsop-sync",
        stream="EVENTS",
        filter=subjects.events_named("wsop", "source", "sync_failed"),
        deliver="new",
        description="Raises a notification when fetching a kind keeps failing",
    ),
    Durable(
        name="notifier-announcer",
        stream="EVENTS",
        filter=subjects.context_events("notification"),
        deliver="new",
        max_ack_pending=1,
        description="Says the notices of notifications",
    ),
)

# Projections and the version of each one's schema: the reader's two consumer names follow from it.
PROJECTIONS = {
    "hands": 5,
    "chip_counts": 5,
    "sync_status": 3,
    "rundown": 1,
    "renders": 1,
    "notifications": 1,
    "unified_players": 3,
    "events": 2,
    "standings": 4,
}

__all__ = [
    "COMMAND_SERVICES",
    "DURABLES",
    "FILE_STORE_BYTES_MIN",
    "LOG_ID",
    "MESSAGE_BYTES_MAX",
    "PROJECTIONS",
    "STREAMS",
    "Durable",
    "Stream",
]
