"""What wsop-import keeps: of each import how far it is, of all of them what holds now.

Bodies of stacks and standings are not kept, only a digest per moment and snapshot, and which
imports told of it: their facts are read again when a file differs.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Literal

import msgspec

from contracts.messages.wsop import ImportFile, Kind, Progress
from contracts.tournament import EventFields, PlayerFields

CONTEXT = "wsop"
IMPORT = "import"
SOURCE = "source"
EVENT = "event"

# Ten Main Events' fields; a player takes about 1 KB.
PLAYERS_MAX = 100_000
# A season has some hundred.
EVENTS_MAX = 10_000
# Newest moments and snapshots remembered: a year of one every five minutes. An older one that is
# told again is told as new, which changes nothing for who folds by key.
MOMENTS_MAX = 100_000
# Contents and paths remembered: a year of a new file every five minutes.
FILES_MAX = 100_000

# Facts of one import that are read back; the bus refuses to read ten thousand at once. Only a file
# whose every row has a time of its own has more, and its later moments are as if forgotten.
FACTS_READ_MAX = 9_000

type Moment = tuple[str, datetime]


class Import(msgspec.Struct):
    """What was said of one import: `said` facts in all. `pending` are digests of snapshots that
    count at its end; `unzoned` rows were refused for want of a time zone. `arrival` is the place of
    its content in the order in which contents were closed first.
    """

    status: Literal["new", "open", "closed", "abandoned"] = "new"
    kind: Kind = "events"
    file: ImportFile | None = None
    rows: int = 0
    unknown_columns_count: int = 0
    progress: Progress | None = None
    noted: int = 0
    facts: int = 0
    pending: dict[Moment, str] = {}
    said: int = 0
    unzoned: int = 0
    arrival: int = 0
    unread: set[str] = set()  # codes of rejections that say nothing of the content itself


class MomentTold(msgspec.Struct, frozen=True):
    """Digest of all rows said of one moment, and the imports that said them, oldest first."""

    digest: str
    imports: tuple[str, ...]


class SnapshotTold(msgspec.Struct, frozen=True):
    """Digest of a snapshot of standings, and when the content that told it arrived."""

    digest: str
    arrival: int


class ContentTold(msgspec.Struct, frozen=True, kw_only=True):
    """The import that took in a content last, `takes` counts them. `unzoned` of its rows were
    refused for want of a time zone, when zones had been told `zones` times.
    """

    import_id: str
    kind: Kind
    arrival: int
    takes: int = 1
    unzoned: int = 0
    zones: int = 0


class PathTold(msgspec.Struct, frozen=True):
    """The newest content of a path that is accounted for; `turns` counts contents until now."""

    sha256: str
    kind: Kind | None
    turns: int


class Newest[K, V](OrderedDict[K, V]):
    """A dictionary that forgets what was set longest ago when it is full."""

    def __init__(self, limit: int) -> None:
        """At most `limit` keys."""
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._limit:
            self.popitem(last=False)


class Catalogue:
    """What holds now, over all imports.

    `open` are imports that are not closed, by id; `contents` are those closed, by SHA-256. `zones`
    counts how often an event got a time zone, `arrivals` the contents that were closed.
    """

    def __init__(self) -> None:
        """Nothing was told yet."""
        self.events: dict[str, EventFields] = {}
        self.players: dict[str, PlayerFields] = {}
        self.moments: Newest[Moment, MomentTold] = Newest(MOMENTS_MAX)
        self.snapshots: Newest[Moment, SnapshotTold] = Newest(MOMENTS_MAX)
        self.contents: Newest[str, ContentTold] = Newest(FILES_MAX)
        self.paths: Newest[str, PathTold] = Newest(FILES_MAX)
        self.open: dict[str, ImportFile] = {}
        self.zones = 0
        self.arrivals = 0

    def accounted(self, path: str, sha256: str) -> bool:
        """Whether this content is the newest one of its path that was taken in or refused."""
        told = self.paths.get(path)
        return told is not None and told.sha256 == sha256

    def turns(self, path: str) -> int:
        """How many contents of a path are accounted for."""
        told = self.paths.get(path)
        return told.turns if told else 0

    def zone(self, event_id: str) -> str | None:
        """The time zone an event is known to be in."""
        fields = self.events.get(event_id)
        return fields.timezone if fields and isinstance(fields.timezone, str) else None

    def zone_told_since(self, sha256: str) -> bool:
        """Whether rows of this content wanted a time zone, and one was told since."""
        told = self.contents.get(sha256)
        return told is not None and told.unzoned > 0 and told.zones < self.zones

    def takes(self, sha256: str) -> int:
        """How often a content that is to be taken again was taken in; 0 of any other."""
        return self.contents[sha256].takes if self.zone_told_since(sha256) else 0

    def arrival(self, sha256: str) -> int:
        """The place of a content among all, by when it was closed first; of a new one the next."""
        told = self.contents.get(sha256)
        return told.arrival if told else self.arrivals + 1

    def account(self, file: ImportFile, kind: Kind | None) -> None:
        """A content of a path is taken in or refused."""
        self.paths[file.path] = PathTold(file.sha256, kind, self.turns(file.path) + 1)
