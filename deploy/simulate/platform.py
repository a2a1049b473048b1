"""The tournament platform beside a PokerGFX PC: counts a tournament, exports it again and again.

A count is what stands at the end of a hand; its files come some hands later, as from people who go
round with paper, so that the table is ahead of the platform. Each file is written beside its place
and renamed: a reader never meets half of one. Started again, the platform goes on from its own
files. It never writes into a folder that holds exports of somebody else.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from deploy.simulate import platform_files as files
from deploy.simulate.entrants import entrants
from deploy.simulate.options import GameOptions
from deploy.simulate.record import PlayedHand
from deploy.simulate.tournament import FINAL_SEATS, PLAYERS, TABLE_SEATS, Count, Tournament

# At a hand every six seconds the demo's platform speaks once a minute.
COUNT_HANDS = 10
LATE_HANDS = 2
# Free seats are filled soon: the floor has people waiting elsewhere.
REFILL = 0.5

EVENTS = "Events.json"
PLAYERS_FILE = "Players.json"
CHIP_COUNTS = "ChipCounts.csv"
STANDINGS = "Standings.csv"
OURS = (EVENTS, PLAYERS_FILE, CHIP_COUNTS, STANDINGS)


class ForeignExports(ValueError):
    """A folder holds exports that this simulator did not write; the text says which."""


def check_folder(folder: Path) -> None:
    """Raises ForeignExports when the platform must not write into a folder."""
    _read_events(folder)


def write(path: Path, data: bytes) -> None:
    """Put a whole file in its place; the name it has meanwhile is one nobody reads."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(data)
    beside.replace(path)


class Platform:
    """The platform of one folder. Blocks on the disk; one thread at a time."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Raises ForeignExports or OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._seed = seed
        self._events = _read_events(folder)
        self._tournament = self._resumed()
        self._waiting: Count | None = None
        self._hands = 0
        self._known_out: frozenset[str] = frozenset()
        self._last_ticks = 0

    @property
    def tournament(self) -> Tournament:
        """What is played; another one once it is over."""
        return self._tournament

    def rules(self, options: GameOptions) -> GameOptions:
        """The next game of the feature table, otherwise as given."""
        if self._tournament.over:
            self._tournament = Tournament.begin(self._seed, self._tournament.number + 1)
            self._known_out = frozenset()
        final = self._tournament.final_due or self._tournament.final
        return replace(
            options,
            kind="FINAL_TABLE" if final else "FEATURE_TABLE",
            seats=FINAL_SEATS if final else TABLE_SEATS,
            first_level=self._tournament.level,
            refill=REFILL,
            floor=self._tournament,
        )

    def begin(self, at_ticks: int) -> None:
        """Export what stands before the first hand of a game, which begins at that time."""
        self._last_ticks = at_ticks
        self._export(self._tournament.count(at_ticks))
        players = files.players_json(entrants(self._seed, PLAYERS))
        write(self._folder / PLAYERS_FILE, players)

    def follow(self, played: PlayedHand, at_ticks: int) -> bool:
        """Take over a hand that ended then; False when the table plays no further hand of the game.

        That is when everybody left fits round the final table, or one player has all chips.
        """
        tournament = self._tournament
        tournament.follow(played)
        self._last_ticks = at_ticks
        self._hands += 1
        ended = tournament.over or tournament.final_due
        if ended:
            self._export(tournament.count(at_ticks))
        elif self._hands % COUNT_HANDS == 0:
            tournament.play_elsewhere()
            self._waiting = tournament.count(at_ticks)
        elif self._waiting is not None and self._hands % COUNT_HANDS == LATE_HANDS:
            self._export(self._waiting)
        return not ended

    def close(self) -> None:
        """Export what stands, for whoever goes on later."""
        if self._last_ticks:
            self._export(self._tournament.count(self._last_ticks))

    def _export(self, count: Count) -> None:
        """Write the files: first the one that tells whose folder it is."""
        seed, folder = self._seed, self._folder
        told = files.event(seed, count)
        name = str(told["event_id"])
        # An event began when it was first told of, whenever that file was written.
        first = self._events.get(name, told)
        self._events[name] = {**told, "start_date": first["start_date"]}
        self._waiting = None
        write(folder / EVENTS, files.events_json(self._events.values(), count.at_ticks))
        write(folder / CHIP_COUNTS, files.chip_counts_csv(seed, count, self._known_out))
        write(folder / STANDINGS, files.standings_csv(seed, count))
        self._known_out = frozenset(row.entrant.id for row in count.rows if row.out)

    def _resumed(self) -> Tournament:
        """The last tournament of this seed, or its first one."""
        numbers = _numbers(self._seed, self._events)
        if not numbers:
            return Tournament.begin(self._seed, 1)
        number = max(numbers)
        try:
            data = (self._folder / STANDINGS).read_bytes()
            wanted = files.event_id(self._seed, number)
            players, level = files.read_standings(data, wanted, entrants(self._seed, PLAYERS))
        except (OSError, ValueError, KeyError):
            players, level = [], 0
        if not players:  # the folder was cleared: that tournament cannot be gone on with
            return Tournament.begin(self._seed, number + 1)
        return Tournament(self._seed, number, players, level)


def _numbers(seed: int, names: Iterable[str]) -> list[int]:
    """Numbers of the tournaments of a seed among ids of events."""
    prefix = files.event_id(seed, 0).removesuffix("0")
    return [int(name.removeprefix(prefix)) for name in names if name.startswith(prefix)]


def _read_events(folder: Path) -> dict[str, files.Event]:
    """The events that the folder tells of. Raises ForeignExports."""
    exports = [path for path in folder.glob("*") if path.suffix.lower() in (".json", ".csv")]
    for path in sorted(exports):
        if path.name not in OURS:
            raise ForeignExports(f"{path} is not this simulator's")
    try:
        return files.read_events((folder / EVENTS).read_bytes()) if exports else {}
    except (OSError, ValueError) as error:
        raise ForeignExports(f"{folder / EVENTS}: {error}") from error
