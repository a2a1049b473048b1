"""People by what somebody types of a name, best first."""

import unicodedata
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from contracts.people.names import name_key
from services.gateway.routes.as_of import AsOfQuery
from services.gateway.routes.context import SEQUENCE_HEADER, Context
from services.gateway.routes.parameters import Name
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import READS, moment

router = APIRouter(tags=["people"])

FOUND_MAX = 50
# Rows that are ranked here: the best by letters, so that one more letter is typed rather than all
# ten thousand names are compared.
COMPARED_MAX = 200
# Percent of the letters typed that a name needs at least to be shown.
LIKENESS_MIN = 50
EXACT, BEGINS, WORDS = 100, 95, 90
_HITS = "(select count(*) from unnest({0}::text[]) as wanted where letters ? wanted)"
LIKE = f"letters ?| {{0}}::text[] and {_HITS} * 100 >= {LIKENESS_MIN} * cardinality({{0}}::text[])"


class SearchQuery(AsOfQuery):
    """Query of a search."""

    q: Name
    limit: int = Field(default=20, ge=1, le=FOUND_MAX)


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
            {LIKE: typed, **at.where},
            f"{_HITS.format('$1')} desc, sort_key, person_id",
            COMPARED_MAX,
        )
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    scored = [(score(query.q, row["search"]), row) for row in rows]
    scored.sort(key=lambda each: (-each[0], each[1]["sort_key"], each[1]["person_id"]))
    items = [models.Found(**row, score=likeness) for likeness, row in scored[: query.limit]]
    return models.FoundPlayers(items=items)


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
