"""What people say about a game: whose hands it has, whether it counts, who sat where, its grades.

A command names hands by their ordinal among the known hands, a fact by start ticks, because a late
older hand moves ordinals. What holds already is accepted and not said again.
"""

from collections.abc import Sequence

import msgspec

from contracts import persons
from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx_game import (
    BindGame,
    CorrectSeat,
    ExcludeGame,
    GameBound,
    GameExcluded,
    GameIncluded,
    GameUnbound,
    GradeHand,
    HandGraded,
    HandGradeWithdrawn,
    IncludeGame,
    SeatCorrected,
    SeatCorrectionWithdrawn,
    UnbindGame,
    WithdrawGrade,
    WithdrawSeatCorrection,
)
from services.gfx_ingest.domain.ordinals import Hands, Refused
from services.gfx_ingest.domain.state import Binding, Correction, Game, Words

# A table plays for one event, on a busy day for two or three; more is a mistake repeated.
BINDINGS_MAX = 20
# Ten seats, each mistaken ten times; withdrawn ones count, because an id is used once.
CORRECTIONS_MAX = 100
# Characters of a reason: a few sentences, shown beside the rows they explain.
REASON_LENGTH_MAX = 500
# Characters of a name, or of an id that another system gave.
TEXT_LENGTH_MAX = 200
# PokerGFX numbers the seats of every table so.
SEATS = range(1, 11)

type WordCommand = (
    BindGame
    | UnbindGame
    | ExcludeGame
    | IncludeGame
    | CorrectSeat
    | WithdrawSeatCorrection
    | GradeHand
    | WithdrawGrade
)
# The same as classes, for whoever sorts what is asked.
WORD_COMMANDS = (
    BindGame,
    UnbindGame,
    ExcludeGame,
    IncludeGame,
    CorrectSeat,
    WithdrawSeatCorrection,
    GradeHand,
    WithdrawGrade,
)


def answer(command: WordCommand, state: Game) -> Sequence[Event] | Refusal:
    """Decide what somebody says about a game.

    Refusals: `game_not_found`, `hand_not_found`, `empty_range`, `text_too_long`; of bindings
    `binding_overlap`, `binding_not_found`, `too_many_bindings`; of corrections `bad_seat`,
    `bad_person`, `correction_overlap`, `correction_exists`, `correction_not_found`,
    `too_many_corrections`.
    """
    try:
        _check(command, state)
        return _decide(command, state)
    except Refused as refused:
        return refused.refusal


def _check(command: WordCommand, state: Game) -> None:
    if not state.table:
        message = f"no file told a game {command.game_id} yet; see the list of games"
        raise Refused("not_found", "game_not_found", message)
    for field, value in msgspec.structs.asdict(command).items():
        limit = REASON_LENGTH_MAX if field == "reason" else TEXT_LENGTH_MAX
        if isinstance(value, str) and len(value) > limit:
            message = f"{field} has {len(value)} characters, at most {limit} are kept; shorten it"
            raise Refused("invalid", "text_too_long", message)


def _decide(command: WordCommand, state: Game) -> Sequence[Event]:
    words = state.words
    match command:
        case BindGame():
            return _bind(command, words, Hands(state))
        case UnbindGame():
            return _unbind(command, words, Hands(state))
        case ExcludeGame(game_id=game_id, reason=reason):
            return () if words.excluded else (GameExcluded(game_id=game_id, reason=reason),)
        case IncludeGame(game_id=game_id, reason=reason):
            return (GameIncluded(game_id=game_id, reason=reason),) if words.excluded else ()
        case CorrectSeat():
            return _correct(command, words, Hands(state))
        case WithdrawSeatCorrection():
            return _withdraw_correction(command, words)
        case GradeHand():
            return _grade(command, words, Hands(state))
        case WithdrawGrade():
            return _withdraw_grade(command, words, Hands(state))


def _bind(command: BindGame, words: Words, hands: Hands) -> Sequence[Event]:
    if command.to_ordinal is not None and command.to_ordinal <= command.from_ordinal:
        raise _empty(command.from_ordinal, command.to_ordinal)
    begin = hands.bound(command.from_ordinal)
    # A binding that was said to begin at the next hand begins between two hands by now.
    begin = _bound_at(command.from_ordinal, words, hands) or begin
    end = None if command.to_ordinal is None else hands.bound(command.to_ordinal)
    if words.bindings.get(begin) == Binding(command.event_id, end):
        return ()
    for other, bound in words.bindings.items():
        if other != begin and _cross((begin, end), (other, bound.to_ticks)):
            first, last = hands.ordinal(other), bound.to_ticks
            until = "on" if last is None else f"up to, not including, {hands.ordinal(last)}"
            message = (
                f"hands from {first} {until} are bound to event {bound.event_id}; "
                f"unbind the range that begins at {first}, or choose hands outside of it"
            )
            raise Refused("conflict", "binding_overlap", message)
    if begin not in words.bindings and len(words.bindings) >= BINDINGS_MAX:
        message = f"the game has {BINDINGS_MAX} bindings, the most there may be; unbind one first"
        raise Refused("conflict", "too_many_bindings", message)
    said = {"game_id": command.game_id, "event_id": command.event_id, "from_ticks": begin}
    return (GameBound(**said, to_ticks=end),)


def _unbind(command: UnbindGame, words: Words, hands: Hands) -> Sequence[Event]:
    begin = _bound_at(command.from_ordinal, words, hands)
    if begin is None:
        begins = ", ".join(str(hands.ordinal(each)) for each in sorted(words.bindings, key=int))
        known = f"bindings begin at {begins}" if begins else "the game has none"
        message = f"no binding begins at hand {command.from_ordinal}: {known}"
        raise Refused("not_found", "binding_not_found", message)
    return (GameUnbound(game_id=command.game_id, from_ticks=begin),)


def _bound_at(ordinal: int, words: Words, hands: Hands) -> str | None:
    """Start ticks of the binding whose first hand has this ordinal."""
    return next((each for each in words.bindings if hands.ordinal(each) == ordinal), None)


def _correct(command: CorrectSeat, words: Words, hands: Hands) -> Sequence[Event]:
    _check_correction(command, words)
    if command.to_ordinal is not None and command.to_ordinal < command.from_ordinal:
        raise _empty(command.from_ordinal, command.to_ordinal)
    begin = hands.ticks(command.from_ordinal)
    end = None if command.to_ordinal is None else hands.ticks(command.to_ordinal)
    for other_id, other in words.corrections.items():
        if other is None or other.seat != command.seat:
            continue
        if _cross((begin, _behind(end)), (other.from_ticks, _behind(other.to_ticks))):
            first = hands.ordinal(other.from_ticks)
            until = "on" if other.to_ticks is None else f"to {hands.ordinal(other.to_ticks)}"
            message = (
                f"seat {command.seat} is corrected from hand {first} {until} by {other_id}; "
                "withdraw that correction, or choose hands outside of it"
            )
            raise Refused("conflict", "correction_overlap", message)
    said = msgspec.structs.asdict(command)
    del said["from_ordinal"], said["to_ordinal"]
    return (SeatCorrected(**said, from_ticks=begin, to_ticks=end),)


def _check_correction(command: CorrectSeat, words: Words) -> None:
    if command.seat not in SEATS:
        message = f"there is no seat {command.seat}: seats are {SEATS[0]} to {SEATS[-1]}"
        raise Refused("invalid", "bad_seat", message)
    if not persons.is_person_id(command.person_id):
        kinds = f"{persons.GFX}-, {persons.WSOP}- or {persons.MANUAL}-"
        message = f"{command.person_id!r} is no id of a person: those begin with {kinds}"
        raise Refused("invalid", "bad_person", message)
    if command.correction_id in words.corrections:
        message = f"correction {command.correction_id} was said before; give this one another id"
        raise Refused("conflict", "correction_exists", message)
    if len(words.corrections) >= CORRECTIONS_MAX:
        message = f"the game had {CORRECTIONS_MAX} seat corrections, the most there may be"
        raise Refused("conflict", "too_many_corrections", message)


def _withdraw_correction(command: WithdrawSeatCorrection, words: Words) -> Sequence[Event]:
    if words.corrections.get(command.correction_id) is None:
        active = ", ".join(each for each, held in words.corrections.items() if held)
        known = f"active are {active}" if active else "the game has no active ones"
        message = f"no seat correction {command.correction_id} is active: {known}"
        raise Refused("not_found", "correction_not_found", message)
    return (SeatCorrectionWithdrawn(**msgspec.structs.asdict(command)),)


def _grade(command: GradeHand, words: Words, hands: Hands) -> Sequence[Event]:
    ticks = hands.ticks(command.ordinal)
    if words.grades.get(ticks) == command.letter:
        return ()
    graded = HandGraded(
        game_id=command.game_id, start_ticks=ticks, letter=command.letter, reason=command.reason
    )
    return (graded,)


def _withdraw_grade(command: WithdrawGrade, words: Words, hands: Hands) -> Sequence[Event]:
    ticks = hands.ticks(command.ordinal)
    if ticks not in words.grades:
        return ()
    withdrawn = HandGradeWithdrawn(
        game_id=command.game_id, start_ticks=ticks, reason=command.reason
    )
    return (withdrawn,)


def _empty(begin: int, end: int) -> Refused:
    message = f"no hand lies from {begin} to {end}; give an end behind the beginning, or none"
    return Refused("invalid", "empty_range", message)


type _Range = tuple[str, str | None]


def _cross(one: _Range, other: _Range) -> bool:
    """Whether two ranges of ticks have a moment in common; the end is outside, None is no end."""
    (begin, end), (other_begin, other_end) = one, other
    ends_before = end is not None and int(end) <= int(other_begin)
    begins_behind = other_end is not None and int(other_end) <= int(begin)
    return not (ends_before or begins_behind)


def _behind(end: str | None) -> str | None:
    """The end of a range that includes its last hand, as one that does not."""
    return None if end is None else str(int(end) + 1)


def follow(state: Game, event: Event) -> None:
    """Keep what people said as long as it holds."""
    words = state.words
    match event:
        case GameBound():
            words.bindings[event.from_ticks] = Binding(event.event_id, event.to_ticks)
        case GameUnbound():
            words.bindings.pop(event.from_ticks, None)
        case GameExcluded() | GameIncluded():
            words.excluded = isinstance(event, GameExcluded)
        case SeatCorrected():
            held = Correction(event.seat, event.from_ticks, event.to_ticks)
            words.corrections[event.correction_id] = held
        case SeatCorrectionWithdrawn():
            words.corrections[event.correction_id] = None
        case HandGraded():
            words.grades[event.start_ticks] = event.letter
        case HandGradeWithdrawn():
            words.grades.pop(event.start_ticks, None)
        case _:
            pass
