"""A chip flow from the records of one person's hands in one game."""

import msgspec

from contracts.compositions import ChipFlowData, ChipFlowParameters
from contracts.messages.cuesheet import HandPoint
from contracts.poker.chips import ChipFlow, FlowRequest, chip_flow
from contracts.poker.seat_record import SeatRecord
from contracts.poker.statistics import MissingFigure
from services.cuesheet.inputs.people import (
    PEOPLE_INCOMPLETE,
    PERSON_SHOWN,
    Person,
    Seated,
    people_warnings,
)
from services.cuesheet.inputs.question import (
    GAME,
    PERSON,
    PLACES,
    Bound,
    Game,
    MissingBinding,
    Question,
    hand_facts,
    ordinal_of,
    people_facts,
    usable,
)

# $2 game, $3 person, $4 seat, $5 ordinal; any may be null. Without a game it is the one the person
# was seen in last, without an ordinal the seat is that of the last hand. That hand is found by its
# place in the game: the view counts the hands before each one, so asking it for a number is dear.
_SQL = f"""
with asked as (
    select {PERSON.format("$3")} as person_id
), chosen as (
    select coalesce($2::text, (
        select game_id from views.hand_seats where person_id = (select person_id from asked)
        order by start_ticks desc limit 1)) as game_id
), game as (
    {GAME} where game_id = (select game_id from chosen)
), person as (
    select coalesce((select person_id from asked), (
        select person_id from views.hand_seats
        where game_id = (select game_id from chosen) and seat = $4::bigint
          and start_ticks = (
              select start_ticks from views.hands where game_id = (select game_id from chosen)
              order by start_ticks
              offset coalesce($5::bigint, (select greatest(hands - 1, 0) from game)) limit 1)
    )) as person_id
)
select {PLACES},
    json_build_object(
        'game', (select row_to_json(game) from game),
        'people_incomplete', {PEOPLE_INCOMPLETE},
        'person', {PERSON_SHOWN.format("(select person_id from person)")},
        'rows', (select coalesce(json_agg(s), '[]') from (
            select game_id, start_ticks::text, ordinal, hand_num, seat, name, long_name,
                   player_hash, state, duration_ticks, big_blind, dealt_in, start_stack, end_stack,
                   counted, voluntary, raised, aggressive, passive, flops, showdowns,
                   person_id, person_name, person_long_name
            from views.hand_seats
            where game_id = (select game_id from chosen)
              and person_id = (select person_id from person)) s)
    ) as found
"""  # noqa: S608  # joined from constants of ours


class Seen(SeatRecord, frozen=True, kw_only=True):
    """One row of the view `hand_seats`: a record, and who sat there."""

    person_id: str
    person_name: str
    person_long_name: str


class Found(msgspec.Struct, frozen=True):
    """The answer: the game, the person, and the rows of the person in the game in any order."""

    game: Game | None
    people_incomplete: bool
    person: Person | None
    rows: list[Seen]


_found = msgspec.json.Decoder(Found)


def question(parameters: ChipFlowParameters) -> Question:
    """What to read of a person, in a game or in the one the person was seen in last."""
    return Question(
        reads={
            "hands": hand_facts(parameters.game_id),
            "unified_players": people_facts(parameters.game_id),
        },
        sql=_SQL,
        arguments=(
            parameters.game_id,
            parameters.person_id,
            parameters.seat,
            parameters.ordinal,
        ),
    )


def bound(parameters: ChipFlowParameters, answer: str) -> Bound:
    """The binding of an answer. Raises MissingBinding with a sentence."""
    found = _found.decode(answer)
    if found.game is None and parameters.game_id is None:
        raise MissingBinding(f"{parameters.person_id} was not seen in any game that counts")
    game = usable(found.game, parameters.game_id or "")
    ordinal = ordinal_of(game, parameters.ordinal)
    if not found.rows:
        raise MissingBinding(_nobody(parameters, game, ordinal))
    rows = sorted(found.rows, key=lambda row: int(row.start_ticks))
    last = rows[-1]
    who = Seated(
        person_name=last.person_name, person_long_name=last.person_long_name, person=found.person
    )
    name = who.full_name or last.person_id
    if parameters.ordinal is None and last.ordinal != ordinal:
        raise MissingBinding(f"{name} is not in the last hand of game {game.game_id}: name a hand")
    flow = _flow(parameters, rows, name)
    return Bound(
        data=ChipFlowData(
            name=who.short_name,
            long_name=who.full_name,
            country=who.country,
            values=flow.values,
            hands_back=tuple(point.hands_back for point in flow.points),
            warnings=people_warnings(incomplete=found.people_incomplete),
        ),
        point=HandPoint(game_id=game.game_id, ordinal=ordinal, at=parameters.at),
    )


def _nobody(parameters: ChipFlowParameters, game: Game, ordinal: int) -> str:
    if parameters.person_id is not None:
        return f"{parameters.person_id} is in no hand of game {game.game_id}"
    return f"nobody is in seat {parameters.seat} in hand {ordinal} of game {game.game_id}"


def _flow(parameters: ChipFlowParameters, rows: list[Seen], name: str) -> ChipFlow:
    """The chip flow up to the moment of the cue: before its hand, after it, or now."""
    upto = [row for row in rows if _is_past(row, parameters)]
    starts = {row.ordinal: row.start_ticks for row in upto}
    if strange := [ordinal for ordinal in parameters.named if ordinal not in starts]:
        raise MissingBinding(f"{name} is not in the hands {strange} before this moment")
    request = FlowRequest(
        window=parameters.window,
        points=parameters.points_drawn,
        now=parameters.ordinal is None,
        named=tuple(starts[ordinal] for ordinal in parameters.named),
    )
    try:
        return chip_flow(upto, request)
    except MissingFigure as error:
        raise MissingBinding(_sentence(error, parameters, name)) from error


def _is_past(row: Seen, parameters: ChipFlowParameters) -> bool:
    if parameters.ordinal is None or row.ordinal is None:
        return True
    return row.ordinal < parameters.ordinal + (parameters.at != "start")


def _sentence(error: MissingFigure, parameters: ChipFlowParameters, name: str) -> str:
    match error.code:
        case "identity_on_two_seats":
            return f"{name} sits on two seats ({error}); correct one of them first"
        case "not_in_window":
            hands = list(parameters.named)
            return f"not all of the hands {hands} are among the last {parameters.window} of {name}"
        case _:
            return f"{name} has too few hands for a chip flow: {error}"
