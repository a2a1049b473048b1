"""A table leaderboard from the current chips of a table's seats."""

import msgspec

from contracts.compositions import LeaderboardData, LeaderboardEntry, LeaderboardParameters
from contracts.messages.cuesheet import HandPoint
from services.cuesheet.inputs.people import (
    PEOPLE_INCOMPLETE,
    PERSON_SHOWN,
    Seated,
    people_warnings,
)
from services.cuesheet.inputs.question import (
    PLACES,
    Bound,
    MissingBinding,
    Question,
    game_facts,
    people_facts,
)

# The exclusion only makes the sentence about an empty table clearer: its rows are gone by
# themselves, so nothing waits for the hands.
_SQL = f"""
select {PLACES},
    json_build_object(
        'excluded', (select exclusion_reason from views.games where game_id = $2 and excluded),
        'people_incomplete', {PEOPLE_INCOMPLETE},
        'seats', (select coalesce(json_agg(s), '[]') from (
            select seat, person_name, person_long_name, stack, in_play, dealt_in,
                   small_blind, big_blind, ante, ordinal, table_name, incomplete,
                   {PERSON_SHOWN.format("chips.person_id")} as person
            from views.chips where game_id = $2) s)
    ) as found
"""  # noqa: S608  # joined from constants of ours


class Seat(Seated, frozen=True, kw_only=True):
    """One row of the view `chips`, with the person who sits there."""

    seat: int
    stack: int
    in_play: bool
    dealt_in: bool
    small_blind: int
    big_blind: int
    ante: int
    ordinal: int
    table_name: str
    incomplete: bool


class Found(msgspec.Struct, frozen=True):
    """The answer: the seats, why there are none if the game is excluded, and what is unread."""

    excluded: str | None
    people_incomplete: bool
    seats: list[Seat]


_found = msgspec.json.Decoder(Found)


def question(parameters: LeaderboardParameters) -> Question:
    """What to read of a game's table."""
    return Question(
        reads={
            "chip_counts": (game_facts(parameters.game_id),),
            "unified_players": people_facts(parameters.game_id),
        },
        sql=_SQL,
        arguments=(parameters.game_id,),
    )


def bound(parameters: LeaderboardParameters, answer: str) -> Bound:
    """The binding of an answer; raises as `leaderboard`."""
    found = _found.decode(answer)
    data = leaderboard(found, parameters)
    ordinal = found.seats[0].ordinal
    return Bound(data=data, point=HandPoint(game_id=parameters.game_id, ordinal=ordinal, at="end"))


def leaderboard(found: Found, parameters: LeaderboardParameters) -> LeaderboardData:
    """Bound data of a table leaderboard from its chip rows.

    Shown are the seats that were dealt in or still have chips; a person on two of them is shown on
    both. Raises MissingBinding when a later fact of the game could not be folded, the game does not
    count, or nobody sits there.
    """
    game_id = parameters.game_id
    if found.excluded is not None:
        raise MissingBinding(f"game {game_id} is excluded: {found.excluded or 'no reason'}")
    if any(seat.incomplete for seat in found.seats):
        raise MissingBinding(f"a fact of game {game_id} was set aside; its chip counts may be old")
    shown = [seat for seat in found.seats if seat.dealt_in or seat.in_play]
    if not shown:
        raise MissingBinding(f"game {game_id} has no hand with players yet")
    return LeaderboardData(
        table_name=parameters.table_name.strip() or f"Table {shown[0].table_name}",
        subtitle=parameters.subtitle,
        rows=tuple(
            LeaderboardEntry(seat=s.seat, name=s.full_name, country=s.country, chips=s.stack)
            for s in shown
        ),
        small_blind=shown[0].small_blind,
        big_blind=shown[0].big_blind,
        ante=shown[0].ante,
        players=sum(seat.in_play for seat in shown),
        warnings=people_warnings(incomplete=found.people_incomplete),
    )
