"""An at-risk strap from the seats of one hand, and from the event that the hand is of.

How many players are left and what the place is paid are an operator's word in the cue, or what the
tournament platform says of the event. Both are figures: where they may be old or are only guessed
from a list there is no strap.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from contracts.compositions import AtRiskData, AtRiskParameters
from contracts.messages.cuesheet import HandPoint
from contracts.poker.place import (
    FieldSources,
    FieldStatement,
    PayoutBand,
    PlayersLeft,
    players_left,
    prize,
)
from services.cuesheet.inputs.people import (
    PEOPLE_INCOMPLETE,
    PERSON_SHOWN,
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
    event_facts,
    hand_facts,
    ordinal_of,
    people_facts,
    usable,
)

FINAL_TABLE = "FINAL_TABLE"
_YEAR_1 = datetime(1, 1, 1, tzinfo=UTC)
_TICKS_PER_MICROSECOND = 10

# Of each source what it said last before the hand, which may be that it takes a figure back, and
# the first figure after it: all that `players_left` looks at.
_EVENT = """
    (select json_build_object(
        'event_id', event_id,
        'incomplete', exists (select from views.events where incomplete),
        'remaining', (select coalesce(json_agg(r), '[]') from (
            (select distinct on (source) source, own_at, players_remaining, counted
             from views.event_remaining
             where event_id = hand.event_id and own_at <= hand.started_at
             order by source, own_at desc)
            union all
            (select source, own_at, players_remaining, counted from views.event_remaining
             where event_id = hand.event_id and own_at > hand.started_at
               and players_remaining is not null
             order by own_at, source limit 1)) r),
        'payouts', (select coalesce(json_agg(p), '[]') from (
            select place_start, place_end, amount from views.event_payouts
            where event_id = hand.event_id) p)
    ) from hand where event_id is not null)
"""
# $2 game, $3 ordinal or null for the last hand, $4 person or null; {0} is what to read of the
# event. The hand is looked up before all else: its number is its place in the game.
_SQL = f"""
with game as (
    {GAME} where game_id = $2::text
), hand as materialized (
    select start_ticks, started_at, event_id from views.hands
    where game_id = $2::text
    order by start_ticks
    offset greatest(coalesce($3::bigint, (select hands - 1 from game)), 0) limit 1
)
select {PLACES},
    json_build_object(
        'game', (select row_to_json(game) from game),
        'event', {{0}},
        'people_incomplete', {PEOPLE_INCOMPLETE},
        'person', {PERSON.format("$4")},
        'seats', (select coalesce(json_agg(s), '[]') from (
            select seat, start_ticks::text, person_id, person_name, person_long_name, on_two_seats,
                   dealt_in, at_risk, {PERSON_SHOWN.format("hand_seats.person_id")} as person
            from views.hand_seats
            where game_id = $2::text and start_ticks = (select start_ticks from hand)
            order by start_stack, seat) s)
    ) as found
"""  # noqa: S608  # joined from constants of ours


class Seat(Seated, frozen=True, kw_only=True):
    """One row of the view `hand_seats` of the hand that is meant, with the person in the seat."""

    seat: int
    start_ticks: str
    person_id: str
    on_two_seats: bool
    dealt_in: bool
    at_risk: bool

    @property
    def shown_name(self) -> str:
        """The longest known name, for sentences."""
        return self.full_name or f"seat {self.seat}"


class Remaining(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the view `event_remaining`."""

    source: str
    own_at: datetime
    players_remaining: int | None
    counted: bool


class Payout(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the view `event_payouts`; `amount` in cents, for each of the places."""

    place_start: int
    place_end: int
    amount: int


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The tournament event that the hand is of; `incomplete`: a fact about events waits unread."""

    event_id: str
    incomplete: bool
    remaining: list[Remaining]
    payouts: list[Payout]


class Found(msgspec.Struct, frozen=True):
    """The answer: the game, the event of the hand (None where it has none, or nothing is to be read
    of it), who the asked person is now, and the hand's seats, shortest stack first.
    """

    game: Game | None
    event: Event | None
    people_incomplete: bool
    person: str | None
    seats: list[Seat]


_found = msgspec.json.Decoder(Found)


def question(parameters: AtRiskParameters) -> Question:
    """What to read of one hand; of its event nothing where the operator says all of it."""
    game_id = parameters.game_id
    reads = {"hands": hand_facts(game_id), "unified_players": people_facts(game_id)}
    if _told_all(parameters):
        event = "null::json"
    else:
        event, reads["events"] = _EVENT, event_facts()
    return Question(
        reads=reads,
        sql=_SQL.format(event),
        arguments=(game_id, parameters.ordinal, parameters.person_id),
    )


def _told_all(parameters: AtRiskParameters) -> bool:
    return parameters.players_left is not None and parameters.prize_cents is not None


def bound(parameters: AtRiskParameters, answer: str) -> Bound:
    """The binding of an answer. Raises MissingBinding with a sentence."""
    found = _found.decode(answer)
    game = usable(found.game, parameters.game_id)
    ordinal = ordinal_of(game, parameters.ordinal)
    hand = f"hand {ordinal} of game {game.game_id}"
    seat = _seat(parameters, found, hand)
    if not seat.at_risk:
        raise MissingBinding(f"{seat.shown_name} is not at risk in {hand}; {_who(found.seats)}")
    left = _left(parameters, game, found)
    cents, of_prize = _prize(parameters, left.count, found.event)
    return Bound(
        data=AtRiskData(
            name=seat.short_name,
            long_name=seat.full_name,
            country=seat.country,
            place=left.count,
            prize_cents=cents,
            warnings=(
                *people_warnings(incomplete=found.people_incomplete),
                *_doubts(left, game, found.seats),
                *of_prize,
            ),
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


def _left(parameters: AtRiskParameters, game: Game, found: Found) -> PlayersLeft:
    """The players before the hand: the place of somebody who is the next to go."""
    dealt, event = _dealt(found.seats), found.event
    # A place that may be old is worse on air than none: the operator says it, or nobody does.
    if event and event.incomplete:
        raise MissingBinding(
            "a fact about tournament events was set aside; players left and prizes may be old: "
            "set players_left and prize_cents"
        )
    sources = FieldSources(
        operator=parameters.players_left,
        statements=tuple(_statement(each) for each in event.remaining) if event else (),
        final_table_dealt=dealt if game.table_type == FINAL_TABLE else None,
    )
    left = players_left(int(found.seats[0].start_ticks), sources)
    if left is None:
        raise MissingBinding(
            f"nothing says how many players were left before this hand of game {game.game_id}"
            + (f", event {event.event_id} neither" if event else ", which is bound to no event")
            + ": set players_left"
        )
    if event and left.counted:
        raise MissingBinding(
            f"the places of event {event.event_id} do not say how many players are left; they list "
            f"{left.count} with chips, who may be the best few only: set players_left"
        )
    if left.count < dealt:
        raise MissingBinding(
            f"{left.count} players left cannot be: {dealt} were dealt in to this hand"
        )
    return left


def _dealt(seats: list[Seat]) -> int:
    return sum(seat.dealt_in for seat in seats)


def _doubts(left: PlayersLeft, game: Game, seats: list[Seat]) -> tuple[str, ...]:
    """What the operator should look at before the place airs."""
    dealt, doubts = _dealt(seats), []
    if left.later_than_hand:
        doubts.append(f"that {left.count} players are left was said after this hand began")
    if left.source == "standings" and game.table_type == FINAL_TABLE and left.count != dealt:
        doubts.append(f"{left.count} players are left, but {dealt} play at the final table")
    return tuple(doubts)


def _statement(row: Remaining) -> FieldStatement:
    microseconds = (row.own_at - _YEAR_1) // timedelta(microseconds=1)
    return FieldStatement(
        microseconds * _TICKS_PER_MICROSECOND, row.players_remaining, row.source, row.counted
    )


def _prize(
    parameters: AtRiskParameters, place: int, event: Event | None
) -> tuple[int | None, tuple[str, ...]]:
    """Cents paid for the place, None if nobody knows or it is out of the money; and warnings."""
    if parameters.prize_cents is not None:
        return parameters.prize_cents, ()
    if event is None:
        return None, ("the game is bound to no event: no prize is shown",)
    if not event.payouts:
        return None, (f"no payouts are known of event {event.event_id}: no prize is shown",)
    bands = [PayoutBand(each.place_start, each.place_end, each.amount) for each in event.payouts]
    return prize(place, bands), ()
