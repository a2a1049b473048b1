"""An at-risk strap from the seats of one hand, and from what the cue says of the tournament."""

import msgspec

from contracts.compositions import AtRiskData, AtRiskParameters
from contracts.messages.cuesheet import HandPoint
from contracts.poker.place import FieldSources, players_left
from services.cuesheet.inputs.question import (
    GAME,
    PERSON,
    PLACES,
    Bound,
    Game,
    MissingBinding,
    Question,
    ordinal_of,
    usable,
)

FINAL_TABLE = "FINAL_TABLE"

# $2 game, $3 ordinal or null for the last hand, $4 person or null.
_SQL = f"""
with game as ({GAME} where game_id = $2::text)
select {PLACES},
    json_build_object(
        'game', (select row_to_json(game) from game),
        'person', {PERSON.format("$4")},
        'seats', (select coalesce(json_agg(s), '[]') from (
            select seat, start_ticks::text, person_id, person_name, person_long_name, on_two_seats,
                   dealt_in, at_risk
            from views.hand_seats
            where game_id = $2::text
              and ordinal = coalesce($3::bigint, (select hands - 1 from game))
            order by start_stack, seat) s)
    ) as found
"""  # noqa: S608  # joined from constants of ours


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the view `hand_seats` of the hand that is meant."""

    seat: int
    start_ticks: str
    person_id: str
    person_name: str
    person_long_name: str
    on_two_seats: bool
    dealt_in: bool
    at_risk: bool

    @property
    def shown_name(self) -> str:
        """The longest known name, for sentences."""
        return self.person_long_name or self.person_name or f"seat {self.seat}"


class Found(msgspec.Struct, frozen=True):
    """The answer: the game, who the asked person is now, the hand's seats, shortest stack first."""

    game: Game | None
    person: str | None
    seats: list[Seat]


_found = msgspec.json.Decoder(Found)


def question(parameters: AtRiskParameters) -> Question:
    """What to read of one hand."""
    return Question(
        reads=("hands",),
        sql=_SQL,
        arguments=(parameters.game_id, parameters.ordinal, parameters.person_id),
        game_id=parameters.game_id,
    )


def bound(parameters: AtRiskParameters, answer: str) -> Bound:
    """The binding of an answer. Raises MissingBinding with a sentence."""
    found = _found.decode(answer)
    game = usable(found.game, parameters.game_id)
    ordinal = ordinal_of(game, parameters.ordinal)
    hand = f"hand {ordinal} of game {game.game_id}"
    seat = _seat(parameters, found, hand)
    if not seat.at_risk:
        raise MissingBinding(f"{seat.shown_name} is not at risk in {hand}; {_who(found.seats)}")
    return Bound(
        data=AtRiskData(
            name=seat.person_name,
            long_name=seat.person_long_name,
            place=_place(parameters, game, found.seats),
            prize_cents=parameters.prize_cents,
        ),
        point=HandPoint(game_id=game.game_id, ordinal=ordinal, at="end"),
    )


def _seat(parameters: AtRiskParameters, found: Found, hand: str) -> Seat:
    seats = found.seats
    asked = [s for s in seats if found.person == s.person_id or parameters.seat == s.seat]
    if not asked:
        who = parameters.person_id or f"anybody in seat {parameters.seat}"
        raise MissingBinding(f"{hand} does not list {who}; {_who(seats)}")
    if asked[0].on_two_seats:
        raise MissingBinding(
            f"{asked[0].shown_name} sits on two seats in {hand}; correct one of them first"
        )
    return asked[0]


def _who(seats: list[Seat]) -> str:
    names = [f"{seat.shown_name} (seat {seat.seat})" for seat in seats if seat.at_risk]
    return f"at risk: {', '.join(names)}" if names else "nobody is"


def _place(parameters: AtRiskParameters, game: Game, seats: list[Seat]) -> int:
    """The place somebody gets who is the next to go: as many as were left before the hand."""
    dealt = sum(seat.dealt_in for seat in seats)
    sources = FieldSources(
        operator=parameters.players_left,
        final_table_dealt=dealt if game.table_type == FINAL_TABLE else None,
    )
    left = players_left(int(seats[0].start_ticks), sources)
    if left is None:
        raise MissingBinding(
            f"nothing says how many players were left before this hand of game {game.game_id}: "
            "set players_left"
        )
    if left.count < dealt:
        raise MissingBinding(
            f"{left.count} players left cannot be: {dealt} were dealt in to this hand"
        )
    return left.count
