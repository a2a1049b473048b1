"""The fold of stacks: what is known of a seat now is said by the last hand of its game.

A period holds from the sequence that told it (`from_seq`) up to, not including, the one that told
otherwise (`to_seq`). So what was known at sequence n is every period with from_seq <= n < to_seq.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from contracts.messages import Event
from contracts.messages.gfx import GameSeen, HandRecorded, HandRevised
from contracts.poker.hand import Hand
from contracts.poker.replay import HandState, replay
from contracts.poker.stacks import stack_at
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows

TICKS_PER_MICROSECOND = 10


class PeriodRow(Row, frozen=True, kw_only=True):
    """One seat's stack in chips, as the hand `start_ticks` left it.

    `in_play` is false for a listed seat without chips. `statement_at` is the moment of play the
    stack stands for: the end of a settled hand, the start of any other.
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

    def says_the_same(self, other: "PeriodRow") -> bool:
        """Whether both tell one thing, whenever each was said."""
        return other == msgspec.structs.replace(
            self, from_seq=other.from_seq, to_seq=other.to_seq, said_at=other.said_at
        )


class GameRow(Row, frozen=True, kw_only=True):
    """What is known of a game: how many hands, which is the last, and its open periods by seat.

    The open periods are kept here too because an event names only the seats it lists: those that
    a new last hand leaves out must be closed without being named.
    """

    TABLE: ClassVar = "game"
    KEY: ClassVar = ("game_id",)
    AUDIT: ClassVar = ("open_periods",)

    game_id: str
    table_name: str
    hands: int = 0
    last_start_ticks: int | None = None
    open_periods: dict[int, PeriodRow] = {}


class ChipCountsFold:
    """Follows the last hand of each game; a late older hand changes no stack."""

    handles: Sequence[type[Event]] = (GameSeen, HandRecorded, HandRevised)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The game alone: periods are written, never read back."""
        yield GameRow, (recorded.event.subject_id,)

    def block_key(self, recorded: Recorded) -> str:
        """A game's events depend on each other, games do not."""
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for a hand of a game never seen."""
        match recorded.event:
            case GameSeen() as event:
                rows.put(GameRow(game_id=event.game_id, table_name=event.table))
            case HandRecorded() as event:
                game = _known_game(rows, event.game_id)
                game = msgspec.structs.replace(game, hands=game.hands + 1)
                rows.put(_follow(game, event.hand, recorded, rows))
            case HandRevised() as event:
                rows.put(_follow(_known_game(rows, event.game_id), event.hand, recorded, rows))


def _known_game(rows: Rows, game_id: str) -> GameRow:
    game = rows.get(GameRow, game_id)
    if game is None:
        raise LookupError(f"game {game_id} was never seen")
    return game


def _follow(game: GameRow, hand: Hand, recorded: Recorded, rows: Rows) -> GameRow:
    """Close and open periods where the last hand of the game says something else than before."""
    ticks = int(hand.start_ticks)
    if game.last_start_ticks is not None and ticks < game.last_start_ticks:
        return game
    told = {row.seat: row for row in _periods(game.game_id, hand, recorded)}
    for seat, row in game.open_periods.items():
        if seat in told and row.says_the_same(told[seat]):
            told[seat] = row
        else:
            rows.put(msgspec.structs.replace(row, to_seq=recorded.sequence))
    for row in told.values():
        rows.put(row)
    return msgspec.structs.replace(game, last_start_ticks=ticks, open_periods=told)


def _periods(game_id: str, hand: Hand, recorded: Recorded) -> Iterable[PeriodRow]:
    state = replay(hand).state
    for seat in sorted(hand.seats, key=lambda seat: seat.seat):
        stack = stack_at(hand, seat.seat, state, "end")
        assert stack is not None  # the seat is listed
        yield PeriodRow(
            game_id=game_id,
            seat=seat.seat,
            from_seq=recorded.sequence,
            name=seat.name,
            long_name=seat.long_name,
            stack=stack,
            in_play=stack > 0,
            dealt_in=seat.dealt_in,
            small_blind=hand.blinds.small_blind,
            big_blind=hand.blinds.big_blind,
            ante=hand.blinds.ante,
            start_ticks=int(hand.start_ticks),
            hand_num=hand.hand_num,
            state=state,
            statement_at=_statement_at(hand, state),
            said_at=recorded.said_at,
        )


def _statement_at(hand: Hand, state: HandState) -> datetime:
    start = datetime.fromisoformat(hand.start_utc)
    if state != "settled":
        return start
    return start + timedelta(microseconds=hand.duration_ticks // TICKS_PER_MICROSECOND)
