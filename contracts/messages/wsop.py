"""What wsop-import says: what the tournament platform's files tell, each import as one entity.

One import is one content of one file. `import_started` opens it, facts with many rows each follow,
`import_closed` ends it; or there is only `import_skipped` or `import_rejected`. What did not change
is counted and not said. Every row carries `at`, its place in the file: the number of its first line
in decimal, or a JSON pointer (which begins with `/`), so that a value can be explained down to
path, hash and line.

Money is integer cents. Times are UTC; a time's own text is kept beside it. Player and event ids are
the platform's, trimmed and case-sensitive. In `EventFields` and `PlayerFields` a field that is left
out was not told or did not change; null is a value that was cleared.

A fact's `progress` says how far the import is with it, so that a crash resumes behind it.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.messages import Event, MessageType
from contracts.tournament import ChipCount, EventFields, PlayerFields

type Kind = Literal["events", "players", "chip_counts", "standings"]
# Which of the known file layouts it is; `export_*` and `guide_*` are the two older families.
type Layout = Literal[
    "events_json",
    "players_json",
    "chip_counts_csv",
    "standings_csv",
    "export_tournaments",
    "export_chips",
    "export_blinds",
    "export_payouts",
    "guide_tournaments",
    "guide_blinds",
    "guide_payouts",
    "guide_players",
]


class ImportFile(msgspec.Struct, frozen=True, kw_only=True):
    """One content. `path` is below the import folder, or the address it was pulled from.

    `content_at` is the file's own modification time, or what the server said of it; `sha256` is
    empty when the content was not read.
    """

    path: str
    sha256: str
    bytes: int
    content_at: datetime


class Counts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rows of a file by what became of them; the first seven add up to the rows of the file.

    `duplicates` repeat an earlier row of the same file; `superseded` rows were changed by a later
    row of the same file (it wins, or is merged with them). `fields_rejected` are lists that were
    not taken from a row that otherwise was.
    """

    created: int = 0
    changed: int = 0
    corrected: int = 0
    unchanged: int = 0
    duplicates: int = 0
    superseded: int = 0
    rejected: int = 0
    fields_rejected: int = 0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is after this fact: `through` counts steps (findings, then rows)."""

    through: int
    counts: Counts


class RowFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong or odd about one row: a word for programs, a sentence for people.

    `field` is the column or key, empty when it is the row itself. `scope` `field`: only that field
    was not taken.
    """

    at: str
    code: str
    sentence: str
    field: str = ""
    scope: Literal["row", "field"] = "row"


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """Changed fields of one event, before and after; `created`: no file told of it before."""

    at: str
    event_id: str
    created: bool
    old: EventFields
    new: EventFields


class PlayerRow(msgspec.Struct, frozen=True, kw_only=True):
    """Changed fields of one player, before and after; `created`: no file told of them before."""

    at: str
    player_id: str
    created: bool
    old: PlayerFields
    new: PlayerFields


class ChipRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stack. Without `player_id` the row names a person only by its text, which is nobody yet.

    `player_known` is false while no file told of that player: the name is all there is (a stub).
    `before` is what an earlier import said under the same key: the row is a correction.
    """

    at: str
    told: ChipCount
    player_id: str | None = None
    player_name: str | None = None
    player_known: bool = True
    before: ChipCount | None = None


class StandingRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place of a snapshot, as given: ranks may tie and have gaps. `prize_won` in cents."""

    at: str
    rank: int
    chip_count: int
    player_id: str | None = None
    player_name: str | None = None
    player_known: bool = True
    country_code: str | None = None
    table_num: int | None = None
    seat_num: int | None = None
    status: Literal["active", "eliminated", "winner"] | None = None
    prize_won: int | None = None


class ImportStarted(Event, frozen=True, kw_only=True):
    """A content is being taken in. `exported_at` is the time the file gives itself, if it does.

    `unknown_columns` are the first ones of `unknown_columns_count`; nothing is read from them.
    Said again for the same content only after it was abandoned; then it starts from nothing.
    """

    TYPE: ClassVar = MessageType("wsop", "import", "import_started", "import_id")
    import_id: str
    kind: Kind
    layout: Layout
    file: ImportFile
    rows: int
    exported_at: datetime | None
    unknown_columns: tuple[str, ...]
    unknown_columns_count: int


class EventsTold(Event, frozen=True, kw_only=True):
    """Events with their changed fields. `exported_at` as in `import_started`: the own time of
    figures such as `players_remaining`; None = the time of this fact.
    """

    TYPE: ClassVar = MessageType("wsop", "import", "events_told", "import_id")
    import_id: str
    exported_at: datetime | None
    rows: tuple[EventRow, ...]
    progress: Progress


class PlayersTold(Event, frozen=True, kw_only=True):
    """Players with their changed fields."""

    TYPE: ClassVar = MessageType("wsop", "import", "players_told", "import_id")
    import_id: str
    rows: tuple[PlayerRow, ...]
    progress: Progress


class ChipCountsTold(Event, frozen=True, kw_only=True):
    """Stacks of one event at one moment: new ones, and corrections of known ones.

    `recorded_text` is the time as the first row wrote it; `zone_assumed`: without an offset, read
    in the event's time zone; `time_assumed`: the file gives none, its own modification time is
    taken; `future`: more than a day later than this fact. `event_known` is false while no file told
    of that event. `moment_digest` is that of all rows said of this moment, this fact's included.
    """

    TYPE: ClassVar = MessageType("wsop", "import", "chip_counts_told", "import_id")
    import_id: str
    event_id: str
    event_known: bool
    recorded_at: datetime
    recorded_text: str
    zone_assumed: bool
    time_assumed: bool
    future: bool
    moment_digest: str
    rows: tuple[ChipRow, ...]
    progress: Progress


class StandingsTold(Event, frozen=True, kw_only=True):
    """One part of a snapshot, by rank; it counts when its import is closed and not abandoned.

    `corrected`: the same event and time came before with other content; it is replaced whole.
    `players_remaining` is the field of the best-ranked row that has it, or, `remaining_counted`,
    the number of rows with chips. Times and flags as in `chip_counts_told`. `snapshot_digest` is
    that of the whole snapshot.
    """

    TYPE: ClassVar = MessageType("wsop", "import", "standings_told", "import_id")
    import_id: str
    event_id: str
    event_known: bool
    snapshot_at: datetime
    snapshot_text: str
    zone_assumed: bool
    future: bool
    corrected: bool
    part: int  # from 1
    parts: int
    players_remaining: int
    remaining_counted: bool
    level_number: int | None
    day_number: int | None
    snapshot_digest: str
    rows: tuple[StandingRow, ...]
    progress: Progress


class RowsRejected(Event, frozen=True, kw_only=True):
    """Rows, or single fields of rows, that were not taken; one finding per wrong field."""

    TYPE: ClassVar = MessageType("wsop", "import", "rows_rejected", "import_id")
    import_id: str
    findings: tuple[RowFinding, ...]
    progress: Progress


class RowsNoted(Event, frozen=True, kw_only=True):
    """Rows that were taken but are odd, e.g. two that contradict each other, or share a seat."""

    TYPE: ClassVar = MessageType("wsop", "import", "rows_noted", "import_id")
    import_id: str
    findings: tuple[RowFinding, ...]
    progress: Progress


class ImportClosed(Event, frozen=True, kw_only=True):
    """All of a content is said: `completed`, or `partial` when rows or fields were rejected.

    `abandoned`: the content was replaced or removed before all of it was said. Rows already told
    stay told, but a snapshot of such an import never counts.
    """

    TYPE: ClassVar = MessageType("wsop", "import", "import_closed", "import_id")
    import_id: str
    kind: Kind
    file: ImportFile
    status: Literal["completed", "partial", "abandoned"]
    rows: int
    counts: Counts
    noted: int
    unknown_columns_count: int


class ImportSkipped(Event, frozen=True, kw_only=True):
    """A content with these very bytes was taken in before, by the import `same_as`."""

    TYPE: ClassVar = MessageType("wsop", "import", "import_skipped", "import_id")
    import_id: str
    kind: Kind
    file: ImportFile
    same_as: str


class ImportRejected(Event, frozen=True, kw_only=True):
    """A content cannot be read; nothing else is said of it.

    `code` is one word, `reason` a sentence, `position` where it stops making sense (`line 12`,
    `byte 4096`) or empty. `kind` is None where it could not be recognised.
    """

    TYPE: ClassVar = MessageType("wsop", "import", "import_rejected", "import_id")
    import_id: str
    kind: Kind | None
    file: ImportFile
    code: str
    reason: str
    position: str
