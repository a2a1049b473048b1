"""The PC at the table: plays games and rewrites their files, as slowly or as fast as asked.

Each table writes into its own folder, `<out>/<table>`. A file is rewritten in place after every
hand (opened, overwritten, cut), never replaced by a rename: a reader can meet a torn file, as it
can on the real share. A stop finishes the write under way. Started again over the same folder the
PC opens the next game of the same seed, with an id and hands later than all that lie there.

Times in the files follow the show's clock. At natural pace that is the wall clock. At any other
pace hands keep their natural length and the show's clock runs ahead by the same factor; it then
starts a day back unless told otherwise, so that stamps stay in the past for some six hundred hands.
Two tables over one start time still get different game ids: each sets its PC up a different,
seeded time before its first hand.
"""

import asyncio
import contextlib
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random

from deploy.simulate.export import (
    FILE_PREFIX,
    Game,
    assemble,
    encode_hand,
    file_name,
    ticks_of,
    utc_ticks,
)
from deploy.simulate.options import HANDS_PER_GAME, MAX_HANDS_PER_GAME, GameOptions, Quirks
from deploy.simulate.people import PEOPLE
from deploy.simulate.platform import Platform
from deploy.simulate.record import TICKS_PER_SECOND, PlayedHand
from deploy.simulate.table import HAND_SECONDS, play

CHUNK_PAUSE_S = 0.02  # between parts of one write: long enough for a poller to look in between
MAX_CHUNKS = 64  # a write of 64 parts takes 1.3 s, within the shortest gap between hands
MAX_TABLES = 8  # the invented people are shared out; more tables would find too few
FAST_HEAD_START = timedelta(days=1)
ZONE_HOURS = (3, 4)  # real PCs disagree about the venue's zone

_START = re.compile(rb'"StartDateTimeUTC":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z)"')

type Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PcOptions:
    """What the PCs do. `hands` counts per table, 0 = until stopped.

    `interval_s` is a fixed wait before each hand is written; None = the hand's own length and gap
    divided by `speed`. `final_every` makes every n-th game a final table, 0 none.
    `opened_records` is the share of hands that are also written when they are only opened.
    `wsop` is the folder of a simulated tournament platform round the one table; its tournament says
    who sits there, and when the final table begins, instead of `final_every`.
    """

    out: Path
    tables: tuple[str, ...] = ("table-1",)
    seed: int = 1
    hands: int = 0
    interval_s: float | None = None
    speed: float = 1.0
    chunks: int = 1
    hands_per_game: int = HANDS_PER_GAME
    start: datetime | None = None
    final_every: int = 8
    opened_records: float = 0.1
    quirks: Quirks = field(default_factory=Quirks)
    wsop: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what could not run, with the reason."""
        if self.wsop is not None and len(self.tables) != 1:
            raise ValueError("a tournament is played round one table")
        if not 1 <= len(set(self.tables)) == len(self.tables) <= MAX_TABLES:
            raise ValueError(f"one to {MAX_TABLES} different tables")
        if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", table) for table in self.tables):
            raise ValueError("a table name has letters, digits, - and _ only")
        if not (math.isfinite(self.speed) and self.speed > 0):
            raise ValueError("speed must be above 0")
        if self.interval_s is not None and not (
            math.isfinite(self.interval_s) and self.interval_s >= 0
        ):
            raise ValueError("the interval must be 0 seconds or more")
        if not 1 <= self.chunks <= MAX_CHUNKS:
            raise ValueError(f"chunks must be 1 to {MAX_CHUNKS}")
        if not 1 <= self.hands_per_game <= MAX_HANDS_PER_GAME:
            raise ValueError(f"hands per game must be 1 to {MAX_HANDS_PER_GAME}")
        if self.hands < 0 or self.final_every < 0:
            raise ValueError("a count cannot be negative")

    @property
    def live(self) -> bool:
        """Whether the show's clock is the wall clock."""
        return self.interval_s is None and self.speed == 1.0 and self.start is None


async def run(
    options: PcOptions, stop: asyncio.Event | None = None, clock: Clock = _utc_now
) -> int:
    """Run every table until its hands are played or `stop` is set; the number of hands written.

    Raises OSError (in an ExceptionGroup) when a folder cannot be written.
    """
    halt = stop or asyncio.Event()
    pcs = [_Pc(options, place, halt, clock) for place in range(len(options.tables))]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(pc.run()) for pc in pcs]
    return sum(task.result() for task in tasks)


def rewrite(path: Path, data: bytes, chunks: int = 1) -> None:
    """Overwrite a file from its start, in `chunks` parts with a pause between, then cut it."""
    size = max(1, math.ceil(len(data) / chunks))
    with path.open("r+b" if path.exists() else "xb") as file:
        for offset in range(0, len(data), size):
            if offset:
                time.sleep(CHUNK_PAUSE_S)
            file.write(data[offset : offset + size])
            file.flush()
        file.truncate()


class _Pc:
    """One table's PC."""

    def __init__(self, options: PcOptions, place: int, stop: asyncio.Event, clock: Clock) -> None:
        self.options = options
        self.table = options.tables[place]
        self.folder = options.out / self.table
        self.people = PEOPLE[place :: len(options.tables)]
        self.zone_hours = ZONE_HOURS[place % len(ZONE_HOURS)]
        self.stop = stop
        self.clock = clock
        self.written = 0
        self.show_ticks = 0  # when the first hand of all may start, unless live
        self.platform: Platform | None = None
        self.floor = 0  # least creation ticks of the next game

    async def run(self) -> int:
        """Play game after game; the number of hands written."""
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        index, last = await asyncio.to_thread(_resume_point, self.folder)
        self.floor = last + 1
        # The last hand there may have been the longest possible one.
        longest = math.ceil(HAND_SECONDS[1]) * TICKS_PER_SECOND
        self.show_ticks = max(ticks_of(self._first_moment()), last + longest)
        if self.options.wsop is not None:
            wsop, seed = self.options.wsop, self.options.seed
            self.platform = await asyncio.to_thread(Platform, wsop, seed)
        while not self.stop.is_set() and self._left() != 0:
            await self._game(index)
            index += 1
        if self.platform is not None:
            await asyncio.to_thread(self.platform.close)
        return self.written

    def _first_moment(self) -> datetime:
        return self.options.start or self.clock() - FAST_HEAD_START

    def _left(self) -> int | None:
        return self.options.hands - self.written if self.options.hands else None

    def _rules(self, index: int) -> GameOptions:
        every = self.options.final_every
        final = every > 0 and index % every == every - 1
        rules = GameOptions(
            hands=self.options.hands_per_game,
            kind="FINAL_TABLE" if final else "FEATURE_TABLE",
            people=self.people,
            quirks=self.options.quirks,
        )
        return rules if self.platform is None else self.platform.rules(rules)

    async def _game(self, index: int) -> None:
        """Play one game into its file."""
        seed = f"{self.options.seed}/{self.table}/{index}"
        rules = self._rules(index)
        whims = Random(f"railcast-pc:{seed}")  # noqa: S311 - a show to repeat, not a secret
        hands = play(seed, rules)
        first = next(hands)
        created = self._created(first.start_ticks)
        game = Game(created + whims.randrange(10), rules.kind, self.zone_hours)
        done: list[bytes] = []
        ended = game.id + first.start_ticks
        if self.platform is not None:
            await asyncio.to_thread(self.platform.begin, ended)
        for played in chain([first], hands):
            if whims.random() < self.options.opened_records:
                opened = encode_hand(game, played, opened_only=True)
                await self._write(game, [*done, opened])
            started, ended = ended, game.id + played.start_ticks + played.duration_ticks
            await self._wait(started, ended)
            if self.stop.is_set():
                break
            done.append(encode_hand(game, played))
            await self._write(game, done)
            self.written += 1
            if not await self._followed(played, ended) or self._left() == 0:
                break
        self.floor = ended + 1

    async def _followed(self, played: PlayedHand, ended: int) -> bool:
        """Tell the platform of a hand; whether the game goes on."""
        if self.platform is None:
            return True
        return await asyncio.to_thread(self.platform.follow, played, ended)

    def _created(self, lead_ticks: int) -> int:
        """Creation ticks, chosen so that the first hand starts when the show's clock says."""
        begin = ticks_of(self.clock()) if self.options.live else self.show_ticks
        return max(begin - lead_ticks, self.floor)

    async def _wait(self, started: int, ended: int) -> None:
        """Wait for the end of a hand; `started` is when the wait for it began. Both in ticks."""
        seconds = self.options.interval_s
        if self.options.live:
            # Against the clock itself, so that the time a write takes does not add up.
            seconds = max(0, ended - ticks_of(self.clock())) / TICKS_PER_SECOND
        elif seconds is None:
            seconds = (ended - started) / TICKS_PER_SECOND / self.options.speed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()

    async def _write(self, game: Game, hands: list[bytes]) -> None:
        path = self.folder / file_name(game.id)
        await asyncio.to_thread(rewrite, path, assemble(game, hands), self.options.chunks)


def _resume_point(folder: Path) -> tuple[int, int]:
    """How many games lie in a folder and below it, and the latest ticks that they mention.

    Works on a torn file too: it looks for start stamps, not for valid JSON.
    """
    files = list(folder.rglob(f"{FILE_PREFIX}*.json"))
    last = 0
    for path in files:
        stamps = _START.findall(path.read_bytes())
        identifier = path.stem.removeprefix(FILE_PREFIX)
        created = int(identifier) if identifier.isdecimal() else 0
        last = max(last, created, *(utc_ticks(stamp.decode()) for stamp in stamps))
    return len(files), last
