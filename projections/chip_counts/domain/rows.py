"""The rows of stacks: periods of knowledge of seats, and what the platform states of players.

A period holds from the sequence that told it (`from_seq`) up to, not including, the one that told
otherwise (`to_seq`). So what was known at sequence n is every period with from_seq <= n < to_seq.
"""

from datetime import datetime
from typing import ClassVar

import msgspec

from contracts.rows import Row


class PeriodRow(Row, frozen=True, kw_only=True):
    """One seat's stack in chips, as the hand `start_ticks` left it.

    `in_play` is false for a listed seat without chips. `statement_at` is the moment of play the
    stack stands for: the end of a settled hand, the start of any other. `revised` is true when the
    period ended because that very hand was told otherwise: then the hand never said so.
    """

    TABLE: ClassVar = "period"
    KEY: ClassVar = ("game_id", "seat", "from_seq")
    AUDIT: ClassVar = ("from_seq", "to_seq", "said_at")

    game_id: str
    seat: int
    from_seq: int
    to_seq: int | None = None
    name: str
    long_name: str
    player_hash: str
    stack: int
    in_play: bool
    dealt_in: bool
    small_blind: int
    big_blind: int
    ante: int
    start_ticks: int
    hand_num: int
    state: str
    statement_at: datetime
    said_at: datetime
    revised: bool = False

    def says_the_same(self, other: "PeriodRow") -> bool:
        """Whether both tell one thing, whenever each was said."""
        return other == msgspec.structs.replace(
            self, from_seq=other.from_seq, to_seq=other.to_seq, said_at=other.said_at
        )


class GameRow(Row, frozen=True, kw_only=True):
    """What is known of a game: how many hands, which is the last, and its open periods by seat.

    `told` are the sequences that told its hands, for how many were known at one of them.

    The open periods are kept here too because an event names only the seats it lists: those that
    a new last hand leaves out must be closed without being named.
    """

    TABLE: ClassVar = "game"
    KEY: ClassVar = ("game_id",)
    AUDIT: ClassVar = ("open_periods", "told")

    game_id: str
    table_name: str
    hands: int = 0
    told: tuple[int, ...] = ()
    last_start_ticks: int | None = None
    open_periods: dict[int, PeriodRow] = {}


class StatementRow(Row, frozen=True, kw_only=True):
    """What the platform says of one holder's stack at `recorded_at`: the import that holds.

    `holder` is the person id, or the name of somebody who is nobody yet (`contracts.holders`).
    `at` is the place in the file of the import.
    """

    TABLE: ClassVar = "statement"
    KEY: ClassVar = ("event_id", "holder", "recorded_at")
    AUDIT: ClassVar = ("from_seq", "said_at", "import_id", "at")

    event_id: str
    holder: str
    recorded_at: datetime
    from_seq: int
    said_at: datetime
    import_id: str
    at: str
    player_id: str | None
    player_name: str | None
    chips: int
    status: str
    table_num: int | None
    seat_num: int | None
    rank: int | None
    big_blind: int | None
    day_number: int | None
    level_number: int | None
    zone_assumed: bool
    time_assumed: bool
    future: bool


class ReplacedRow(Row, frozen=True, kw_only=True):
    """A statement that a later import corrected at `to_seq`."""

    TABLE: ClassVar = "replaced_statement"
    KEY: ClassVar = ("event_id", "holder", "recorded_at", "from_seq")
    AUDIT: ClassVar = ("from_seq", "to_seq", "statement")

    event_id: str
    holder: str
    recorded_at: datetime
    from_seq: int
    to_seq: int
    chips: int
    status: str
    statement: StatementRow


class HoldRow(Row, frozen=True, kw_only=True):
    """Minutes for which a table's stack wins over a later statement; no row: `HOLD_MINUTES`."""

    TABLE: ClassVar = "event_hold"
    KEY: ClassVar = ("event_id",)
    AUDIT: ClassVar = ("sequence",)

    event_id: str
    minutes: int
    sequence: int


class LatestRow(Row, frozen=True, kw_only=True):
    """Which of a holder's statements is current: that of the largest time, whenever it came.

    `first_seq` told the first of them.
    """

    TABLE: ClassVar = "latest_statement"
    KEY: ClassVar = ("event_id", "holder")
    AUDIT: ClassVar = ("first_seq",)

    event_id: str
    holder: str
    recorded_at: datetime
    first_seq: int


class FormerWordRow(Row, frozen=True, kw_only=True):
    """What people said that no longer holds: a hold, or a row that attributes hands or identities.

    `kind` is the table of the row that held from `from_seq` up to, not including, `to_seq`, and
    `word` that row.
    """

    TABLE: ClassVar = "former_word"
    KEY: ClassVar = ("kind", "word_key", "from_seq")
    AUDIT: ClassVar = ("from_seq", "to_seq", "word")
    READ: ClassVar = False

    kind: str
    word_key: str
    from_seq: int
    to_seq: int
    word: msgspec.Raw
