"""Hands, files and what gfx-ingest says about them, for tests of projections."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from contracts import codec
from contracts.messages import Event
from contracts.messages.gfx import FileSource, GameSeen, HandRecorded, HandRevised
from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.ticks import ticks_to_utc
from services.gfx_ingest.domain import (
    Command,
    FinaliseHand,
    Game,
    GfxDecider,
    ImportSnapshot,
    RemoveFile,
    SayFindings,
    Snapshot,
    ToldHand,
)
from services.gfx_ingest.outputs.findings import FollowedGame
from tests.support.folding import log_of

GAME = "639700000000000001"
TABLE = "river"
FIRST_TICKS = 640_700_000_000_000_001
MINUTE_TICKS = 600_000_000
NOW = datetime(2031, 3, 1, tzinfo=UTC)
NAMES = ("Ostrander", "Bellweather", "Quillfeather", "Marchetti-Oduya", "Thistlewood")


def ticks(number: int) -> int:
    """Start of the n-th hand."""
    return FIRST_TICKS + number * 3 * MINUTE_TICKS


def walk(number: int, stacks: Mapping[int, int], *, settled: bool = True) -> Hand:
    """A hand in which all fold to the highest seat, who has the big blind of 200.

    `stacks` are chips before the hand by seat; the second highest seat posts 100 and loses it,
    unless the hand is not settled.
    """
    seats = sorted(stacks)
    small, big = seats[-2], seats[-1]
    moved = min(100, stacks[small]) if settled else 0
    change = {small: -moved, big: moved}
    folds = tuple(Action(kind="FOLD", seat=seat) for seat in seats[:-1] if stacks[seat])
    return Hand(
        hand_num=number + 1,
        start_utc=ticks_to_utc(ticks(number)),
        start_ticks=str(ticks(number)),
        duration_ticks=MINUTE_TICKS,
        blinds=Blinds(
            small_blind=100,
            big_blind=200,
            ante=0,
            button_seat=seats[0],
            small_blind_seat=small,
            big_blind_seat=big,
        ),
        seats=tuple(
            Seat(
                seat=seat,
                name=NAMES[seat % len(NAMES)],
                long_name=f"Ada {NAMES[seat % len(NAMES)]}",
                start_stack=stacks[seat],
                end_stack=stacks[seat] + change.get(seat, 0),
                hole_cards=("as", "10d"),
            )
            for seat in seats
        ),
        actions=folds,
    )


def source(path: str = "day1/game.json", content: str = "1") -> FileSource:
    """Where a fact was read."""
    return FileSource(path=path, sha256=hashlib.sha256(content.encode()).hexdigest())


def seen(game_id: str = GAME) -> GameSeen:
    """The first word about a game."""
    return GameSeen(
        game_id=game_id,
        table=TABLE,
        table_type="FEATURE_TABLE",
        created_utc="2031-03-01T17:00:00.0000001Z",
        software="PokerGFX 3.2",
        event_title="",
        source=source(),
    )


def recorded_hand(hand: Hand, ordinal: int = 0) -> HandRecorded:
    """A hand not known before."""
    return HandRecorded(
        game_id=GAME, ordinal=ordinal, digest=codec.digest(hand), hand=hand, source=source()
    )


def revised_hand(hand: Hand, ordinal: int = 0) -> HandRevised:
    """Other content of a known hand."""
    return HandRevised(
        game_id=GAME,
        ordinal=ordinal,
        digest=codec.digest(hand),
        old_digest="0" * 64,
        reason="rewritten",
        hand=hand,
        source=source(content="2"),
    )


def snapshot(path: str, hands: Sequence[Hand], game_id: str = GAME) -> Snapshot:
    """The content of one file."""
    told = tuple(
        ToldHand(ordinal=ordinal, digest=codec.digest(hand), hand=hand)
        for ordinal, hand in enumerate(sorted(hands, key=lambda hand: int(hand.start_ticks)))
    )
    return Snapshot(
        game_id=game_id,
        table=TABLE,
        table_type="FEATURE_TABLE",
        created_utc="2031-03-01T17:00:00.0000001Z",
        software="PokerGFX 3.2",
        event_title="",
        source=FileSource(path=path, sha256=codec.digest(told)),
        bytes=len(codec.canonical(told)),
        hands=told,
    )


def digest(hand: Hand) -> str:
    """The digest under which `snapshot` tells a hand."""
    return codec.digest(hand)


class Files:
    """A folder's files of one game, and all that was said about them."""

    def __init__(self) -> None:
        self.decider = GfxDecider()
        self.game = Game()
        self.present: dict[str, Snapshot] = {}
        self.said: list[Event] = []

    def write(self, path: str, *hands: Hand, now: datetime = NOW) -> list[Event]:
        """Write a file and import it; returns what is said."""
        return self.take(snapshot(path, hands), now)

    def take(self, file: Snapshot, now: datetime = NOW) -> list[Event]:
        """Import one content until nothing is left to say."""
        rivals = tuple(each for path, each in self.present.items() if path != file.source.path)
        self.present[file.source.path] = file
        said: list[Event] = []
        while events := self.does(ImportSnapshot(snapshot=file, rivals=rivals), now):
            said += events
        return said

    def remove(self, path: str) -> list[Event]:
        """Remove a file that was written, and notice it."""
        self.present.pop(path, None)
        source = FileSource(path=path, sha256=self.game.paths[path].sha256)
        return list(self.does(RemoveFile(game_id=GAME, source=source)))

    def decide(self, command: Command, now: datetime = NOW) -> Sequence[Event]:
        """What follows from a command, which must be accepted."""
        events = self.decider.decide(command, self.game, now)
        assert isinstance(events, Sequence), events
        return events

    def does(self, command: Command, now: datetime = NOW) -> Sequence[Event]:
        """Decide and let it happen."""
        events = self.decide(command, now)
        for event in events:
            self.decider.evolve(self.game, event)
        self.said += events
        return events

    def held(self) -> dict[str, str]:
        """Digests of the hands by start ticks."""
        return {start: held.digest for start, held in self.game.hands.items()}


class FollowedFiles(Files):
    """Files with what follows from their hands, said as the reactor does."""

    def __init__(self, game_id: str = GAME) -> None:
        super().__init__()
        self._game_id = game_id
        self._followed = FollowedGame()

    def settle(self) -> set[str]:
        """Say what follows until nothing is left; returns the ids of the findings that stand."""
        while True:
            for fact in log_of(
                *self.said[self._followed.sequence :], after=self._followed.sequence
            ):
                self._followed.follow(fact)
            change = self._followed.change(self._game_id)
            facts = self._followed.facts
            if not self.does(SayFindings(game_id=self._game_id, facts=facts, difference=change)):
                return set(self._followed.said)

    def rest(self, now: datetime) -> None:
        """Let the timer look at the provisional hand."""
        held = self.game.provisional
        if held:
            hand = {"start_ticks": held.start_ticks, "digest": held.digest}
            self.does(FinaliseHand(game_id=self._game_id, **hand), now)


def said_about(taken: Iterable[Snapshot]) -> list[Event]:
    """What gfx-ingest says when the files of one game arrive in this order."""
    files = Files()
    for file in taken:
        files.take(file)
    return files.said
