"""The fold of games and hands. A hand's row is the content that holds and its replay figures."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from contracts.messages import Event
from contracts.messages.gfx import GameSeen, HandRecorded, HandRevised, SnapshotRead
from contracts.poker.hand import Action, Hand, Seat
from contracts.poker.replay import replay
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows


class GameRow(Row, frozen=True, kw_only=True):
    """One game. `absent` holds start ticks of known hands that its highest-ranked file lacks."""

    TABLE: ClassVar = "game"
    KEY: ClassVar = ("game_id",)
    AUDIT: ClassVar = ("first_sequence", "last_sequence", "said_at")

    game_id: str
    table_name: str
    table_type: str
    created_utc: str
    software: str
    event_title: str
    hands: int = 0
    last_start_ticks: int | None = None
    last_hand_num: int | None = None
    last_started_at: datetime | None = None
    absent: tuple[str, ...] = ()
    first_sequence: int
    last_sequence: int
    said_at: datetime


class HandRow(Row, frozen=True, kw_only=True):
    """One hand. Chips are integers, durations ticks of 100 ns; `start_utc` keeps seven digits.

    It has no ordinal: that is the hand's rank by start ticks, which a late older hand moves, so
    the view counts it.
    """

    TABLE: ClassVar = "hand"
    KEY: ClassVar = ("game_id", "start_ticks")
    AUDIT: ClassVar = (
        "source_path",
        "source_sha256",
        "first_sequence",
        "last_sequence",
        "revised",
        "said_at",
    )

    game_id: str
    start_ticks: int
    hand_num: int
    start_utc: str
    started_at: datetime
    duration_ticks: int
    variant: str
    bet_structure: str
    recording_offset: str
    state: str
    small_blind: int
    big_blind: int
    ante: int
    ante_type: str
    button_seat: int
    small_blind_seat: int
    big_blind_seat: int
    board: tuple[str, ...]
    players: tuple[Seat, ...]
    actions: tuple[Action, ...]
    pot_total: int
    pot_called: int
    uncalled: int
    uncalled_seat: int | None
    collected: dict[int, int]
    over_award: bool
    showdown: bool
    digest: str
    source_path: str
    source_sha256: str
    first_sequence: int
    last_sequence: int
    revised: int
    said_at: datetime


class HandsFold:
    """Keeps the content that holds for every hand: `hand_revised` replaces all of a row."""

    handles: Sequence[type[Event]] = (GameSeen, HandRecorded, HandRevised, SnapshotRead)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The game, and the hand an event is about."""
        event = recorded.event
        yield GameRow, (event.subject_id,)
        if isinstance(event, HandRecorded | HandRevised):
            yield HandRow, (event.game_id, int(event.hand.start_ticks))

    def block_key(self, recorded: Recorded) -> str:
        """A game's events depend on each other, games do not."""
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for a hand or snapshot of a game never seen."""
        match recorded.event:
            case GameSeen() as event:
                rows.put(_game(event, recorded))
            case HandRecorded() as event:
                game = _known_game(rows, event.game_id)
                rows.put(_hand(event, recorded, old=None))
                game = msgspec.structs.replace(game, hands=game.hands + 1)
                rows.put(_with_last(game, event.hand, recorded))
            case HandRevised() as event:
                ticks = int(event.hand.start_ticks)
                old = rows.get(HandRow, event.game_id, ticks)
                if old is None:
                    raise LookupError(f"game {event.game_id} has no hand {ticks} to revise")
                rows.put(_hand(event, recorded, old))
                rows.put(_with_last(_known_game(rows, event.game_id), event.hand, recorded))
            case SnapshotRead() as event:
                game = _said(_known_game(rows, event.game_id), recorded)
                rows.put(msgspec.structs.replace(game, absent=event.absent))


def _known_game(rows: Rows, game_id: str) -> GameRow:
    game = rows.get(GameRow, game_id)
    if game is None:
        raise LookupError(f"game {game_id} was never seen")
    return game


def _game(event: GameSeen, recorded: Recorded) -> GameRow:
    return GameRow(
        game_id=event.game_id,
        table_name=event.table,
        table_type=event.table_type,
        created_utc=event.created_utc,
        software=event.software,
        event_title=event.event_title,
        first_sequence=recorded.sequence,
        last_sequence=recorded.sequence,
        said_at=recorded.said_at,
    )


def _said(game: GameRow, recorded: Recorded) -> GameRow:
    return msgspec.structs.replace(game, last_sequence=recorded.sequence, said_at=recorded.said_at)


def _with_last(game: GameRow, hand: Hand, recorded: Recorded) -> GameRow:
    """The last hand is the one with the highest start ticks, whatever arrived last."""
    game = _said(game, recorded)
    ticks = int(hand.start_ticks)
    if game.last_start_ticks is not None and ticks < game.last_start_ticks:
        return game
    return msgspec.structs.replace(
        game,
        last_start_ticks=ticks,
        last_hand_num=hand.hand_num,
        last_started_at=datetime.fromisoformat(hand.start_utc),
    )


def _hand(event: HandRecorded | HandRevised, recorded: Recorded, old: HandRow | None) -> HandRow:
    hand, figures = event.hand, replay(event.hand)
    return HandRow(
        game_id=event.game_id,
        start_ticks=int(hand.start_ticks),
        hand_num=hand.hand_num,
        start_utc=hand.start_utc,
        started_at=datetime.fromisoformat(hand.start_utc),
        duration_ticks=hand.duration_ticks,
        variant=hand.variant,
        bet_structure=hand.bet_structure,
        recording_offset=hand.recording_offset,
        state=figures.state,
        small_blind=hand.blinds.small_blind,
        big_blind=hand.blinds.big_blind,
        ante=hand.blinds.ante,
        ante_type=hand.blinds.ante_type,
        button_seat=hand.blinds.button_seat,
        small_blind_seat=hand.blinds.small_blind_seat,
        big_blind_seat=hand.blinds.big_blind_seat,
        board=hand.board,
        players=tuple(sorted(hand.seats, key=lambda seat: seat.seat)),
        actions=hand.actions,
        pot_total=figures.pot_total,
        pot_called=figures.pot_called,
        uncalled=figures.uncalled,
        uncalled_seat=figures.uncalled_seat,
        collected=figures.collected,
        over_award=figures.over_award,
        showdown=figures.showdown,
        digest=event.digest,
        source_path=event.source.path,
        source_sha256=event.source.sha256,
        first_sequence=old.first_sequence if old else recorded.sequence,
        last_sequence=recorded.sequence,
        revised=old.revised + 1 if old else 0,
        said_at=recorded.said_at,
    )
