"""What gfx-ingest keeps of a game and of a table, the files it reads, and the pieces both need."""

import msgspec

from contracts.messages.gfx import FileSource
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

    `turns` counts closed contents, so a path that returns to former bytes is a new turn.
    """

    sha256: str = ""
    rank: Rank = (0, 0, 0, 0, "")
    turns: int = 0
    open_sha256: str = ""
    recorded: int = 0
    revised: int = 0


class Game(msgspec.Struct):
    """What was said about one game.

    `contents` are the SHA-256 of all its files ever closed, `absent` the known hands that its
    highest-ranked content lacks.
    """

    table: str = ""
    hands: dict[str, HeldHand] = {}
    paths: dict[str, PathTold] = {}
    contents: set[str] = set()
    absent: tuple[str, ...] = ()

    def accounted(self, source: FileSource) -> bool:
        """Whether this content is the newest one said of its path, and all of it is said."""
        told = self.paths.get(source.path)
        return told is not None and told.sha256 == source.sha256 and not told.open_sha256

    def step(self, source: FileSource) -> str:
        """Names the next decision about this content: the same until something of it is said."""
        told = self.paths.get(source.path, PathTold())
        return f"{told.turns}.{told.open_sha256}.{told.recorded + told.revised}"
