"""What gfx-ingest says: what a file says, and what became of each file."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.messages import Event, MessageType
from contracts.poker.hand import Hand


class FileSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fact was read: path below the table's folder, and the SHA-256 of its bytes."""

    path: str
    sha256: str


class GameSeen(Event, frozen=True, kw_only=True):
    """A game id was read for the first time. The table comes from the watch folder."""

    TYPE: ClassVar = MessageType("gfx", "game", "game_seen", "game_id")
    game_id: str
    table: str
    table_type: str
    created_utc: str
    software: str
    event_title: str
    source: FileSource


class HandRecorded(Event, frozen=True, kw_only=True):
    """A hand not known before. `ordinal` is its position in the file, from 0."""

    TYPE: ClassVar = MessageType("gfx", "game", "hand_recorded", "game_id")
    game_id: str
    ordinal: int
    digest: str
    hand: Hand
    source: FileSource


class HandRevised(Event, frozen=True, kw_only=True):
    """A known hand with other content now holds.

    `reason`: `rewritten` (the same path changed) or `outranked` (a fuller snapshot differs).
    """

    TYPE: ClassVar = MessageType("gfx", "game", "hand_revised", "game_id")
    game_id: str
    ordinal: int
    digest: str
    old_digest: str
    reason: Literal["rewritten", "outranked"]
    hand: Hand
    source: FileSource


class HandProvisional(Event, frozen=True, kw_only=True):
    """The last hand of a game is not over for sure: it has no actions, or nothing settles it.

    It stops being provisional when a later hand exists, when it is revised and then settled, or
    when its file was not rewritten until `quiet_at`.
    """

    TYPE: ClassVar = MessageType("gfx", "game", "hand_provisional", "game_id")
    game_id: str
    start_ticks: str
    digest: str
    quiet_at: datetime


class HandFinalised(Event, frozen=True, kw_only=True):
    """A provisional hand counts as over, with the content it has.

    `followed`: a later hand of the game exists; `quiet`: its file rested until `effective_at`.
    """

    TYPE: ClassVar = MessageType("gfx", "game", "hand_finalised", "game_id")
    game_id: str
    start_ticks: str
    digest: str
    reason: Literal["followed", "quiet"]
    effective_at: datetime


class HandWithdrawn(Event, frozen=True, kw_only=True):
    """The fullest file of the game no longer holds a known hand. The hand stays, marked."""

    TYPE: ClassVar = MessageType("gfx", "game", "hand_withdrawn", "game_id")
    game_id: str
    start_ticks: str
    digest: str
    source: FileSource


class HandRestored(Event, frozen=True, kw_only=True):
    """The fullest file of the game holds a withdrawn hand again."""

    TYPE: ClassVar = MessageType("gfx", "game", "hand_restored", "game_id")
    game_id: str
    start_ticks: str
    source: FileSource


class SnapshotRead(Event, frozen=True, kw_only=True):
    """A file was read and said something new; closes the facts of that file.

    `hands`, `last_start_ticks`, `actions` and `duration_ticks` rank the snapshot; `absent` are
    known hands (start ticks) that this highest-ranked snapshot lacks.
    """

    TYPE: ClassVar = MessageType("gfx", "game", "snapshot_read", "game_id")
    game_id: str
    table: str
    source: FileSource
    bytes: int
    hands: int
    last_start_ticks: str
    actions: int
    duration_ticks: int
    recorded: int
    revised: int
    absent: tuple[str, ...] = ()


class FileSkipped(Event, frozen=True, kw_only=True):
    """A file said nothing new: the same bytes again, an older copy, or no hand changed."""

    TYPE: ClassVar = MessageType("gfx", "game", "file_skipped", "game_id")
    game_id: str
    table: str
    source: FileSource
    bytes: int
    hands: int
    reason: Literal["duplicate", "stale", "unchanged"]


class FileRemoved(Event, frozen=True, kw_only=True):
    """A file that was taken in is gone from the folder. What it said stays."""

    TYPE: ClassVar = MessageType("gfx", "game", "file_removed", "game_id")
    game_id: str
    table: str
    source: FileSource


class FileRejected(Event, frozen=True, kw_only=True):
    """A file cannot be read as an export. `code` is one word, `detail` a sentence.

    `sha256` is empty when the content was not read (too large, or the path is refused).
    """

    TYPE: ClassVar = MessageType("gfx", "table", "file_rejected", "table")
    table: str
    source: FileSource
    bytes: int
    code: str
    detail: str
