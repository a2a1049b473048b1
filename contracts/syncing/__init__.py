"""The life of a sync, whatever is looked through: asked for, begun, ended, tried again, due. Pure.

A run is asked for (`pending`), begins (`in_progress`) and ends: `synced`, or `failed` and tried
again. At most one of a source is asked for or under way; who asks for another joins it. Only the
life stands here: each service says the facts in message classes of its own (`Messages`).
"""

from contracts.syncing.messages import RESTORED, Messages, switched
from contracts.syncing.rules import (
    SYNC_COMMANDS,
    CompleteSync,
    FailSync,
    InterruptSync,
    ScheduleDue,
    Serve,
    StartSync,
    SyncCommand,
    decide_sync,
    switch_off,
    trigger,
)
from contracts.syncing.state import (
    Completed,
    Fact,
    Failed,
    Outdated,
    Run,
    Scheduled,
    Started,
    Sync,
    Tally,
    follow,
    switch,
)

__all__ = [
    "RESTORED",
    "SYNC_COMMANDS",
    "CompleteSync",
    "Completed",
    "Fact",
    "FailSync",
    "Failed",
    "InterruptSync",
    "Messages",
    "Outdated",
    "Run",
    "ScheduleDue",
    "Scheduled",
    "Serve",
    "StartSync",
    "Started",
    "Sync",
    "SyncCommand",
    "Tally",
    "decide_sync",
    "follow",
    "switch",
    "switch_off",
    "switched",
    "trigger",
]
