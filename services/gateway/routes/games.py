"""Games, their stacks, and what follows from their hands."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.gateway.errors import not_found
from services.gateway.routes import hand_models, models, seat_models
from services.gateway.routes.as_of import AsOfQuery, sequence_of
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    NewestQuery,
    PageQuery,
    Read,
    listed,
)
from services.gateway.routes.parameters import GameId, OptionalGame, OptionalName, OptionalPerson
from services.gateway.views import Listing, Snapshot, Values

router = APIRouter(tags=["games"])

# A game id counts up with the time the game was made, so games come in that order.
GAMES = Listing("games", ("game_id",))
FINDINGS = Listing(
    "findings", ("start_ticks", "game_id", "kind", "seat"), numbers=("start_ticks", "seat")
)
READS = ("hands",)
AS_OF = ("ordinal", "hand_num", "start_ticks", "state")
SEATS_MAX = 10
POTS_SHOWN = 10
# More words about one game than this are no work of people.
WORDS_MAX = 1000


class GamesQuery(PageQuery):
    """Query of the games."""

    table: OptionalName = None
    excluded: bool | None = None
    event_id: OptionalName = None


class GameFindingsQuery(PageQuery):
    """Query of one game's findings."""

    kind: hand_models.FindingKind | None = None
    player: OptionalPerson = None


class FindingsQuery(NewestQuery):
    """Query of all findings."""

    kind: hand_models.FindingKind | None = None
    game_id: OptionalGame = None
    table: OptionalName = None
    player: OptionalPerson = None


def _given(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


@router.get("/games", response_model=models.List[hand_models.Game])
async def games(
    gateway: Context, response: Response, query: Annotated[GamesQuery, Query()]
) -> dict[str, Any]:
    """Games in the order they were made, excluded ones among them."""
    where = _given(table_name=query.table, excluded=query.excluded, event_id=query.event_id)
    return await listed(gateway, response, (GAMES, "hands"), query, where)


@router.get("/games/{game_id}", response_model=hand_models.GamePage)
async def game(gateway: Context, response: Response, game_id: GameId, query: Read) -> Values:
    """One game with what people said about it, its findings by kind and its biggest pots."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        found = await known_game(snapshot, game_id)
        where = {"game_id": game_id}
        counted = await snapshot.rows(
            "select kind, count(*) as times from views.findings where game_id = $1 "
            "group by kind order by kind",
            game_id,
        )
        found |= {
            "bindings": await snapshot.select("bindings", where, "from_ticks", WORDS_MAX),
            "seat_corrections": await corrections_of(snapshot, game_id),
            "findings": {row["kind"]: row["times"] for row in counted},
            "biggest_pots": await snapshot.select(
                "hands", where, "pot_called desc, start_ticks", POTS_SHOWN
            ),
        }
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return found


@router.get("/games/{game_id}/findings", response_model=models.List[hand_models.Finding])
async def findings_of_game(
    gateway: Context,
    response: Response,
    game_id: GameId,
    query: Annotated[GameFindingsQuery, Query()],
) -> dict[str, Any]:
    """What follows from the hands of a game, in their order."""
    where = {"game_id": game_id} | _given(kind=query.kind, person_id=query.player)
    page = await listed(gateway, response, (FINDINGS, "hands"), query, where)
    if not page["total"]:
        async with gateway.views.read(READS, query.min_seq) as snapshot:
            await known_game(snapshot, game_id)
    return page


@router.get("/findings", response_model=models.List[hand_models.Finding])
async def findings(
    gateway: Context, response: Response, query: Annotated[FindingsQuery, Query()]
) -> dict[str, Any]:
    """What follows from the hands of all games, newest first."""
    where = _given(
        kind=query.kind, game_id=query.game_id, table_name=query.table, person_id=query.player
    )
    return await listed(gateway, response, (FINDINGS, "hands"), query, where)


@router.get("/games/{game_id}/chips", response_model=models.List[seat_models.Chips])
async def chips(
    gateway: Context,
    response: Response,
    game_id: GameId,
    query: Annotated[AsOfQuery, Query()],
) -> dict[str, Any]:
    """Current stacks of a game by seat: what its last hand tells. Listed seats with 0 stay.

    With `as_of` exactly what was answered then, but for `incomplete`, which is today's.
    """
    sequence = await sequence_of(gateway, query.as_of)
    min_seq = max(query.min_seq, sequence or 0)
    async with gateway.views.read(("hands", "chip_counts"), min_seq) as snapshot:
        await known_game(snapshot, game_id)
        if sequence is not None:
            await snapshot.go_back(sequence)
        view = "chips" if sequence is None else "chips_then"
        rows = await snapshot.select(view, {"game_id": game_id}, "seat", SEATS_MAX)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    items = [row | {"as_of": {name: row[name] for name in AS_OF}} for row in rows]
    return {"items": items, "total": len(items)}


@router.get(
    "/games/{game_id}/seat-corrections", response_model=models.List[hand_models.SeatCorrection]
)
async def seat_corrections(
    gateway: Context, response: Response, game_id: GameId, query: Read
) -> dict[str, Any]:
    """Seat corrections in force in a game, by seat and first hand."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        await known_game(snapshot, game_id)
        rows = await corrections_of(snapshot, game_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": rows, "total": len(rows)}


async def known_game(snapshot: Snapshot, game_id: str) -> Values:
    """The game's row; raises Problem 404."""
    found = await snapshot.one("games", "game_id", game_id)
    if found is None:
        raise not_found("game", game_id)
    return found


async def corrections_of(snapshot: Snapshot, game_id: str) -> list[Values]:
    """Seat corrections in force, by seat and first hand."""
    return await snapshot.select(
        "seat_corrections", {"game_id": game_id}, "seat, from_ticks", WORDS_MAX
    )
