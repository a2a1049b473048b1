"""Hands, files and what gfx-ingest says about them, for tests of projections."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from contracts import codec
from contracts.messages import Event
from contracts.messages.gfx import FileSource, GameSeen, HandRecorded, HandRevised
from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.ticks import ticks_to_utc
from services.gfx_ingest.domain import GfxDecider, ImportSnapshot, Snapshot, ToldHand

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


def said_about(files: Iterable[Snapshot]) -> list[Event]:
    """What gfx-ingest says when the files of one game arrive in this order."""
    decider = GfxDecider()
    state = decider.initial("game", GAME)
    present: dict[str, Snapshot] = {}
    said: list[Event] = []
    for file in files:
        rivals = tuple(each for path, each in present.items() if path != file.source.path)
        command = ImportSnapshot(snapshot=file, rivals=rivals)
        while events := decider.decide(command, state, NOW):
            assert isinstance(events, Sequence), events
            for event in events:
                state = decider.evolve(state, event)
            said.extend(events)
        present[file.source.path] = file
    return said
