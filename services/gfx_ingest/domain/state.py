"""What gfx-ingest keeps of a game, the files it reads, and the pieces its rules share."""

from datetime import datetime

import msgspec

from contracts.messages.gfx import FileSource
from contracts.messages.gfx_game import Letter
from contracts.poker.hand import Hand

CONTEXT = "gfx"
GAME = "game"
TABLE = "table"

# (number of hands, last start ticks, number of actions, sum of duration ticks, SHA-256)
type Rank = tuple[int, int, int, int, str]


class ToldHand(msgspec.Struct, frozen=True, kw_only=True):
    """A hand in one file: its position there, the digest of the source's object, the record."""

    ordinal: int
    digest: str
    hand: Hand


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One file's whole content. `hands` are ordered by start ticks, no two with the same."""

    game_id: str
    table: str
    table_type: str
    created_utc: str
    software: str
    event_title: str
    source: FileSource
    bytes: int
    hands: tuple[ToldHand, ...]

    @property
    def rank(self) -> Rank:
        """What decides between two files that tell the same hand differently."""
        hands = [told.hand for told in self.hands]
        return (
            len(hands),
            int(hands[-1].start_ticks) if hands else 0,
            sum(len(hand.actions) for hand in hands),
            sum(hand.duration_ticks for hand in hands),
            self.source.sha256,
        )


class HeldHand(msgspec.Struct):
    """The version of a hand that holds, and the path whose content told it."""

    digest: str
    path: str


class PathTold(msgspec.Struct):
    """What is known of one path: its newest closed content, and facts said of one not closed yet.

    `gone` says that its file was removed; it keeps its rank, because what it told stays. `skipped`
    says that the closed content brought nothing new.
    """

    sha256: str = ""
    rank: Rank = (0, 0, 0, 0, "")
    open_sha256: str = ""
    recorded: int = 0
    revised: int = 0
    gone: bool = False
    skipped: bool = False


class Provisional(msgspec.Struct, frozen=True):
    """The hand that is not over for sure, and when it counts as over if its file rests."""

    start_ticks: str
    digest: str
    quiet_at: datetime


class Binding(msgspec.Struct, frozen=True):
    """Hands before `to_ticks` (None = all later ones) are of an event."""

    event_id: str
    to_ticks: str | None


class Correction(msgspec.Struct, frozen=True):
    """A seat whose person is corrected, in hands up to and with `to_ticks` (None = no end)."""

    seat: int
    from_ticks: str
    to_ticks: str | None


class Words(msgspec.Struct):
    """What people said about a game and did not take back.

    `bindings` are by the start ticks they begin at, `corrections` by id (None = withdrawn, because
    an id is used once), `grades` by the start ticks of the hand.
    """

    excluded: bool = False
    bindings: dict[str, Binding] = {}
    corrections: dict[str, Correction | None] = {}
    grades: dict[str, Letter] = {}


class Game(msgspec.Struct):
    """What was said about one game.

    `facts` counts all of it. `contents` are the SHA-256 of all its files ever closed, `absent` the
    known hands that its highest-ranked content lacked when a file was last read, `withdrawn` those
    of which this is said as a fact of the hand. `finalised` is the newest hand that was said to be
    over, as (start ticks, digest).
    """

    game_id: str = ""
    table: str = ""
    facts: int = 0
    hands: dict[str, HeldHand] = {}
    paths: dict[str, PathTold] = {}
    contents: set[str] = set()
    absent: tuple[str, ...] = ()
    withdrawn: set[str] = set()
    provisional: Provisional | None = None
    finalised: tuple[str, str] = ("", "")
    words: Words = msgspec.field(default_factory=Words)

    def accounted(self, source: FileSource) -> bool:
        """Whether this content is the newest one said of its path, and all of it is said."""
        told = self.paths.get(source.path)
        if told is None or told.gone:
            return False
        return told.sha256 == source.sha256 and not told.open_sha256

    def present(self) -> dict[str, str]:
        """SHA-256 of the closed content of every path that is not gone."""
        return {path: t.sha256 for path, t in self.paths.items() if t.sha256 and not t.gone}
