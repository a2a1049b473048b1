"""People as the tables know them: their names, hands, chips and figures."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import Field

from contracts.poker.chips import chip_history
from contracts.poker.statistics import BIGGEST_POTS_MAX, OwnStatistics, own_statistics
from contracts.poker.ticks import ticks_to_utc
from services.gateway.routes import figures, models, seat_models
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    NewestQuery,
    PageQuery,
    ReadQuery,
    listed,
)
from services.gateway.routes.parameters import (
    FlowQuery,
    OptionalGame,
    OptionalName,
    PersonId,
    PointQuery,
)
from services.gateway.views import Listing, Window

router = APIRouter(tags=["players"])

IDENTITIES = Listing("identity_names", ("name", "long_name", "player_hash"))
SEATS = Listing("hand_seats", ("start_ticks", "game_id", "seat"), numbers=("start_ticks", "seat"))
POTS_DEFAULT = 10
_PERCENTS = ("vpip_percent", "pfr_percent", "aggression_percent", "wtsd_percent")


class IdentitiesQuery(PageQuery):
    """Query of the identities, by name."""

    q: OptionalName = Field(default=None, description="part of either name, in any case")


class GameQuery(ReadQuery):
    """Query of a person's figures, of one game or of all."""

    game_id: OptionalGame = None


class PersonHandsQuery(NewestQuery):
    """Query of a person's hands."""

    game_id: OptionalGame = None


class PotsQuery(GameQuery):
    """Query of a person's biggest pots."""

    limit: int = Field(default=POTS_DEFAULT, ge=1, le=BIGGEST_POTS_MAX)


@router.get("/identities", response_model=models.List[seat_models.Identity])
async def identities(
    gateway: Context, response: Response, query: Annotated[IdentitiesQuery, Query()]
) -> dict[str, Any]:
    """Every pair of names that a table listed, by name."""
    wanted = "strpos(lower(name), lower({0})) + strpos(lower(long_name), lower({0})) > 0"
    where = {} if query.q is None else {wanted: query.q}
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read(("hands",), query.min_seq) as snapshot:
        page = await snapshot.page(IDENTITIES, window, where)
        shown = {"identity_id = any({0}::text[])": [row["identity_id"] for row in page.items]}
        found = await snapshot.select("identities", shown, "player_hash", query.limit)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    told = {row["player_hash"]: row for row in found}
    items = [told[row["player_hash"]] for row in page.items]
    return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


@router.get("/players/{person_id}/hands", response_model=models.List[seat_models.Seat])
async def hands(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[PersonHandsQuery, Query()],
) -> dict[str, Any]:
    """The seats a person sat in, hand by hand, newest first."""
    async with gateway.views.read(figures.READS, query.min_seq) as snapshot:
        person_id = await figures.known_person(snapshot, person_id)
    where = {"person_id": person_id}
    if query.game_id is not None:
        where["game_id"] = query.game_id
    return await listed(gateway, response, (SEATS, "hands"), query, where)


@router.get("/players/{person_id}/chips", response_model=models.List[seat_models.ChipStatement])
async def chips(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[GameQuery, Query()],
) -> dict[str, Any]:
    """Every stack the hands state of a person, in order of time, game by game."""
    async with gateway.views.read(figures.READS, query.min_seq) as snapshot:
        person_id = await figures.known_person(snapshot, person_id)
        records = await figures.records_by_game(snapshot, person_id, query.game_id)
    items = []
    for game_id, seen in records.items():
        ordinals = {record.start_ticks: record for record in seen}
        for told in chip_history(seen):
            record = ordinals[told.start_ticks]
            items.append(
                msgspec.structs.asdict(told)
                | {
                    "game_id": game_id,
                    "ordinal": record.ordinal,
                    "hand_num": record.hand_num,
                    "stated_utc": ticks_to_utc(told.ticks),
                }
            )
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": items, "total": len(items)}


@router.get("/players/{person_id}/chip-flow")
async def chip_flow(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[FlowQuery, Query()],
) -> seat_models.ChipFlow:
    """Chips over the last hands of one game, up to now or to a named hand."""
    async with gateway.views.read(figures.READS, query.min_seq) as snapshot:
        seen = await figures.seen(snapshot, person_id, query)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return figures.flow(seen, query)


@router.get("/players/{person_id}/statistics")
async def statistics(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[PointQuery, Query()],
) -> seat_models.Statistics:
    """A person's own figures in one game beside the source's, up to now or to a named hand."""
    async with gateway.views.read(figures.READS, query.min_seq) as snapshot:
        seen = await figures.seen(snapshot, person_id, query)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    last = seen.rows[-1] if seen.rows else None
    return seat_models.Statistics(
        person_id=seen.person_id,
        game_id=seen.game_id,
        own=_own(own_statistics(seen.records)),
        source=None if last is None else seat_models.SourceFigures.model_validate(last),
    )


@router.get("/players/{person_id}/pots", response_model=models.List[seat_models.WonPot])
async def pots(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[PotsQuery, Query()],
) -> dict[str, Any]:
    """The hands in which a person collected most, largest first, the earlier of equal ones."""
    where: dict[str, Any] = {"collected > {0}": 0}
    if query.game_id is not None:
        where["game_id"] = query.game_id
    async with gateway.views.read(figures.READS, query.min_seq) as snapshot:
        where["person_id"] = await figures.known_person(snapshot, person_id)
        items = await snapshot.select(
            "hand_seats", where, "collected desc, start_ticks, game_id, seat", query.limit
        )
        total = await snapshot.count("hand_seats", where)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": items, "total": total}


def _own(found: OwnStatistics) -> seat_models.OwnFigures:
    percents = {name: getattr(found, name) for name in _PERCENTS}
    return seat_models.OwnFigures(**msgspec.structs.asdict(found), **percents)
