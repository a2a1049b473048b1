"""Hands: lists under many filters, and one hand in full."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BeforeValidator, Field

from contracts.poker.grading import Letter
from contracts.poker.replay import HandState
from services.gateway.errors import Problem, not_found
from services.gateway.routes import hand_models, models, timeline
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    SEQUENCE_MAX,
    Context,
    PageQuery,
    Read,
    listed,
)
from services.gateway.routes.parameters import (
    ORDINAL_MAX,
    GameId,
    OptionalGame,
    OptionalName,
    OptionalPerson,
    Ordinal,
)
from services.gateway.views import Listing, Snapshot, Values

router = APIRouter(tags=["hands"])

# A game id counts up with the time the game was made, so games come in that order.
HANDS = Listing("hands", ("game_id", "start_ticks"), numbers=("start_ticks",))
READS = ("hands",)
# What one hand can have: seats are numbered to 10, findings are a few per seat.
SEATS_MAX = 10
FINDINGS_MAX = 200
# A game has some 200 hands, and a number repeats once or twice.
CANDIDATES_MAX = 100


def _iso(value: Any) -> Any:
    """A bare number would be read as seconds since 1970: nobody means that here."""
    if isinstance(value, str) and value.lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("a moment such as 2031-03-01T18:00:00Z is needed")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_iso)]


class HandsQuery(PageQuery):
    """Query of the hands; filters that are given must all hold."""

    game_id: OptionalGame = None
    table: OptionalName = None
    event_id: OptionalName = None
    grade: Letter | None = Field(default=None, description="the letter that counts")
    player: OptionalPerson = Field(default=None, description="a person id: listed in the hand")
    min_pot: int | None = Field(
        default=None, ge=0, le=SEQUENCE_MAX, description="chips of `pot_called`, at least"
    )
    showdown: bool | None = None
    state: HandState | None = None
    final: bool | None = None
    from_: Moment | None = Field(
        default=None, alias="from", description="started then or later (RFC 3339)"
    )
    to: Moment | None = Field(default=None, description="started before (RFC 3339)")
    hand_num: int | None = Field(default=None, ge=0, le=ORDINAL_MAX)


def conditions(query: HandsQuery) -> dict[str, str | int | bool | datetime]:
    """What the rows of `views.hands` must satisfy."""
    asked = {
        "game_id": query.game_id,
        "table_name": query.table,
        "event_id": query.event_id,
        "grade": query.grade,
        "(game_id, start_ticks) in "
        "(select game_id, start_ticks from views.hand_seats where person_id = coalesce("
        "(select person_id from views.identities where identity_id = {0} limit 1), {0}))": (
            query.player
        ),
        "pot_called >= {0}": query.min_pot,
        "showdown": query.showdown,
        "state": query.state,
        "final": query.final,
        "started_at >= {0}": query.from_,
        "started_at < {0}": query.to,
        "hand_num": query.hand_num,
    }
    return {name: value for name, value in asked.items() if value is not None}


@router.get("/hands", response_model=models.List[hand_models.Hand])
async def hands(
    gateway: Context, response: Response, query: Annotated[HandsQuery, Query()]
) -> dict[str, Any]:
    """Hands of one game, or of all games one after the other, in the order of their start."""
    return await listed(gateway, response, (HANDS, "hands"), query, conditions(query))


@router.get("/games/{game_id}/hands/{ordinal}", response_model=timeline.HandPage)
async def hand(
    gateway: Context, response: Response, game_id: GameId, ordinal: Ordinal, query: Read
) -> Values:
    """One hand in full, by its place in the game from 0."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        found = await _page(snapshot, game_id, ordinal)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return found


@router.get("/games/{game_id}/hands/by-number/{hand_num}", response_model=timeline.HandPage)
async def hand_by_number(
    gateway: Context,
    response: Response,
    game_id: GameId,
    hand_num: Annotated[int, Path(ge=0, le=ORDINAL_MAX)],
    query: Read,
) -> Values:
    """One hand in full, by the source's number; refused where two hands of the game carry it."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        named = await snapshot.select(
            "hands", {"game_id": game_id, "hand_num": hand_num}, "start_ticks", CANDIDATES_MAX
        )
        if len(named) > 1:
            candidates = [
                {"ordinal": row["ordinal"], "start_utc": row["start_utc"]} for row in named
            ]
            detail = f"{len(named)} hands of game {game_id} have number {hand_num}; use an ordinal"
            raise Problem(409, "hand_number_not_unique", detail, candidates=candidates)
        if not named:
            raise not_found(f"hand number {hand_num} in game", game_id)
        found = await _page(snapshot, game_id, named[0]["ordinal"])
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return found


async def _page(snapshot: Snapshot, game_id: str, ordinal: int) -> Values:
    rows = await snapshot.select("hands", {"game_id": game_id, "ordinal": ordinal}, "ordinal", 1)
    game = await snapshot.one("games", "game_id", game_id)
    if game is None:
        raise not_found("game", game_id)
    if not rows:
        raise not_found(f"hand {ordinal} in game", game_id)
    place = {"game_id": game_id, "start_ticks": rows[0]["start_ticks"]}
    told = timeline.Told(
        hand=rows[0],
        seats=await snapshot.select("hand_seats", place, "seat", SEATS_MAX),
        findings=await snapshot.select("findings", place, "kind, seat", FINDINGS_MAX),
        hands=game["hands"],
    )
    return timeline.page(told)
