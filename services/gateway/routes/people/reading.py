"""Lists of people, one person, and people by what somebody types of a name."""

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import Field

from bus.objects import ObjectMissing, Objects
from contracts.people.fields import VALUE_BYTES_MAX
from contracts.people.names import name_key
from services.gateway.routes.as_of import AsOfQuery
from services.gateway.routes.context import (
    PAGE_DEFAULT,
    PAGE_MAX,
    SEQUENCE_HEADER,
    Context,
)
from services.gateway.routes.models import List
from services.gateway.routes.parameters import NAME_LENGTH_MAX, OptionalName, PersonId
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import (
    READS,
    PlayerQuery,
    moment,
    person,
    without_words,
)
from services.gateway.views import Listing, Window

router = APIRouter(tags=["people"])

FOUND_MAX = 50
# Rows that are ranked here: the best by letters, so that one more letter is typed rather than all
# ten thousand names are compared.
COMPARED_MAX = 200
# Percent of the letters typed that a name needs at least to be shown.
LIKENESS_MIN = 50
EXACT, BEGINS, WORDS = 100, 95, 90
_HITS = "(select count(*) from unnest({0}::text[]) as wanted where letters ? wanted)"
_LIKE = f"letters ?| {{0}}::text[] and {_HITS} * 100 >= {LIKENESS_MIN} * cardinality({{0}}::text[])"


class PlayersQuery(PlayerQuery):
    """Query of the people, by name. Filters look at what is shown, also where `raw` is asked for.

    `event_id`: a stack was told there, or a seat of a hand of it is theirs (not with `as_of`).
    """

    limit: int = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(default=None, max_length=1000)
    q: OptionalName = None
    source: Annotated[str | None, Field(pattern="^(wsop|gfx|manual)$")] = None
    country: Annotated[str | None, Field(pattern="^[A-Za-z]{2,3}$")] = None
    event_id: OptionalName = None


class SearchQuery(AsOfQuery):
    """Query of a search."""

    q: str = Field(min_length=1, max_length=NAME_LENGTH_MAX)
    limit: int = Field(default=20, ge=1, le=FOUND_MAX)


@router.get("/players", response_model=List[models.Player])
async def players(
    gateway: Context, response: Response, query: Annotated[PlayersQuery, Query()]
) -> dict[str, Any]:
    """People by name, one row per person."""
    at = await moment(gateway, query)
    where: dict[str, Any] = dict(at.where)
    if query.q is not None:
        where[_LIKE] = letters(query.q)
    if query.source is not None:
        where["sources ? {0}"] = query.source
    if query.country is not None:
        where["upper(country_code) = upper({0})"] = query.country
    reads: tuple[str, ...] = READS
    if query.event_id is not None:
        seated = "array(select person_id from views.hand_seats where event_id = {0})"
        now = query.as_of is None
        where[f"(event_ids ? {{0}} or ids ?| {seated})" if now else "event_ids ? {0}"] = (
            query.event_id
        )
        reads = (*READS, "hands") if now else READS
    window = Window(limit=query.limit, order="asc", cursor=query.cursor)
    listing = Listing(at.view, ("sort_key", "person_id"))
    async with gateway.views.read(reads, at.min_seq) as snapshot:
        page = await snapshot.page(listing, window, where)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    items = [without_words(row) for row in page.items] if query.raw else page.items
    return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


@router.get("/players/search")
async def search(
    gateway: Context, response: Response, query: Annotated[SearchQuery, Query()]
) -> models.FoundPlayers:
    """People whose name begins with or is like what was typed; case, accents and half a Hangul
    syllable do not matter.
    """
    at = await moment(gateway, query)
    typed = letters(query.q)
    async with gateway.views.read(READS, at.min_seq) as snapshot:
        rows = await snapshot.select(
            at.view,
            {_LIKE: typed, **at.where},
            f"{_HITS.format('$1')} desc, sort_key, person_id",
            COMPARED_MAX,
        )
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    scored = [(score(query.q, row["search"]), row) for row in rows]
    scored.sort(key=lambda each: (-each[0], each[1]["sort_key"], each[1]["person_id"]))
    items = [models.Found(**row, score=likeness) for likeness, row in scored[: query.limit]]
    return models.FoundPlayers(items=items)


@router.get("/players/{person_id}")
async def player(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[PlayerQuery, Query()],
) -> models.OnePlayer:
    """The person that an id stands for, whatever it stood for before."""
    at = await moment(gateway, query)
    async with gateway.views.read(READS, at.min_seq) as snapshot:
        row = await person(snapshot, at, person_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    if query.raw:
        row = without_words(row)
    links = await kept_text(gateway.objects, row["social_links_object"])
    held = {field: candidates[0] for field, candidates in row["fields"].items()}
    return models.OnePlayer(
        **row,
        bio=await kept_text(gateway.objects, row["bio_object"]),
        social_links=None if links is None else msgspec.json.decode(links),
        provenance={field: models.Candidate(**each) for field, each in held.items()},
    )


async def kept_text(objects: Objects, key: str | None) -> str | None:
    """A private text; None where there is none, or where it was erased."""
    if key is None:
        return None
    try:
        size = min((await objects.info(key)).bytes, VALUE_BYTES_MAX)
        return b"".join([part async for part in objects.read(key, 0, size)]).decode()
    except ObjectMissing:
        return None


def _taken_apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def letters(typed: str) -> list[str]:
    """What a name that begins so is found by: as the views have it, but without the ends."""
    words = ("  " + _taken_apart(word) for word in name_key(typed).split())
    return sorted({word[n : n + 3] for word in words for n in range(len(word) - 2)})


def score(typed: str, names: str) -> int:
    """How like the best of somebody's names is to what was typed, 0-100."""
    wanted = _taken_apart(name_key(typed))
    if not wanted:
        return 0
    return max(
        (_score(wanted, _taken_apart(name.strip())) for name in names.split("|") if name.strip()),
        default=0,
    )


def _score(wanted: str, name: str) -> int:
    if name == wanted:
        return EXACT
    if name.startswith(wanted):
        return BEGINS
    left = name.split()
    for word in sorted(wanted.split(), key=len, reverse=True):
        begun = next((each for each in left if each.startswith(word)), None)
        if begun is None:
            return _likeness(letters(wanted), _grams(name))
        left.remove(begun)
    return WORDS


def _grams(name: str) -> set[str]:
    padded = (f"  {word} " for word in name.split())
    return {word[n : n + 3] for word in padded for n in range(len(word) - 2)}


def _likeness(wanted: Iterable[str], there: set[str]) -> int:
    found = [each in there for each in wanted]
    return (WORDS - 1) * sum(found) // len(found) if found else 0
