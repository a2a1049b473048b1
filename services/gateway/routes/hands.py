"""Games, hands and stacks."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.gateway.errors import not_found
from services.gateway.routes import models
from services.gateway.routes.context import SEQUENCE_HEADER, Context, PageQuery, Read, listed
from services.gateway.views import Listing, Values

router = APIRouter(tags=["hands"])

GAMES = Listing("games", ("game_id",))
# A game id counts up with the time the game was made, so games come in that order.
HANDS = Listing("hands", ("game_id", "start_ticks"), numbers=("start_ticks",))
GAME_ID = r"^[0-9]{1,20}$"
AS_OF = ("ordinal", "hand_num", "start_ticks", "state")

GameId = Annotated[str, Path(pattern=GAME_ID)]


class HandsQuery(PageQuery):
    """Query of the hands."""

    game_id: str | None = Field(default=None, pattern=GAME_ID, description="only this game")


@router.get("/games", response_model=models.List[models.Game])
async def games(
    gateway: Context, response: Response, query: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """All games, in the order they were made."""
    return await listed(gateway, response, (GAMES, "hands"), query, {})


@router.get("/hands", response_model=models.List[models.Hand])
async def hands(
    gateway: Context, response: Response, query: Annotated[HandsQuery, Query()]
) -> dict[str, Any]:
    """Hands of one game, or of all games one after the other, in the order of their start."""
    where = {} if query.game_id is None else {"game_id": query.game_id}
    return await listed(gateway, response, (HANDS, "hands"), query, where)


@router.get("/games/{game_id}/chips", response_model=models.List[models.Chips])
async def chips(
    gateway: Context, response: Response, game_id: GameId, query: Read
) -> dict[str, Any]:
    """Current stacks of a game by seat: what its last hand tells. Listed seats with 0 stay."""
    async with gateway.views.read(("hands", "chip_counts"), query.min_seq) as snapshot:
        if await snapshot.one("games", "game_id", game_id) is None:
            raise not_found("game", game_id)
        columns = Listing("chips", ()).columns
        rows = await snapshot.rows(
            f"select {columns} from views.chips where game_id = $1 order by seat",  # noqa: S608  # names of ours
            game_id,
        )
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    items = [_stack(row) for row in rows]
    return {"items": items, "total": len(items)}


def _stack(row: Values) -> Values:
    return row | {"as_of": {name: row[name] for name in AS_OF}}
