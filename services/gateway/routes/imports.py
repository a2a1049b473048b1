"""The log of imports: what became of each file of the tournament platform, and of its rows."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from bus.api import Bus, recorded
from contracts.import_changes import changes
from contracts.messages.wsop import Kind
from services.gateway.errors import not_found
from services.gateway.routes import models
from services.gateway.routes.context import (
    CURSOR_LENGTH_MAX,
    PAGE_DEFAULT,
    PAGE_MAX,
    SEQUENCE_HEADER,
    Context,
    Id,
    NewestQuery,
    PageQuery,
    ReadQuery,
    listed,
)
from services.gateway.routes.parameters import NAME, OptionalName
from services.gateway.views import Listing, Values, Window, read_cursor, write_cursor

router = APIRouter(tags=["imports"])

IMPORTS = Listing("imports", ("sequence", "import_id"), numbers=("sequence",))
FINDINGS = Listing("import_findings", ("number",), numbers=("number",))
# One entry is a field that a fact changed: its fact, and its number in there.
CHANGES = Listing("import_changes", ("sequence", "number"), numbers=("sequence", "number"))
READS = "sync_status"
# The longest path of a share, and more than any address that is pulled from.
PATH_LENGTH_MAX = 4096
_CHANGES_IN_ALL = """
select coalesce(sum(changes), 0)::bigint as changes from views.import_changes where import_id = $1
"""

type Status = Literal["processing", "completed", "partial", "failed", "skipped"]


class ImportsQuery(NewestQuery):
    """Query of the imports; filters that are given must all hold."""

    kind: Kind | None = None
    status: Status | None = None
    path: str | None = Field(default=None, min_length=1, max_length=PATH_LENGTH_MAX, pattern=NAME)
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class FindingsQuery(PageQuery):
    """Query of the findings of an import; filters that are given must all hold."""

    outcome: Literal["rejected", "noted"] | None = None
    field: OptionalName = None
    code: OptionalName = None


class ChangesQuery(ReadQuery):
    """Query of what an import changed."""

    limit: int = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(
        default=None, max_length=CURSOR_LENGTH_MAX, description="`next_cursor` of the page before"
    )


class Finding(BaseModel):
    """What is wrong (`rejected`) or odd (`noted`) about one row, in the order of the file.

    `at` is the number of its first line, or a JSON pointer. `field` is empty when it is about the
    whole row; with `scope` `field` the rest of the row was taken. The sentence shows the value. Of
    rows that tell the same key otherwise, each names the line of the other (`twice_in_file`).
    """

    import_id: str
    number: int
    outcome: str
    at: str
    field: str
    scope: str
    code: str
    sentence: str
    sequence: int


class Import(BaseModel):
    """One import: one content of one path, or of one address.

    Counts are rows by what became of them, those told so far while `processing`; they are final
    once it is closed; `rows_seen` of `rows` are in them. `findings` counts what
    `GET /imports/{import_id}` lists. `skips` counts how often the same bytes came again under this
    path, known from the import `same_as`.
    """

    import_id: str
    path: str
    file_name: str
    sha256: str
    bytes: int
    content_at: datetime
    kind: str | None
    status: Status
    layout: str | None
    exported_at: datetime | None
    rows: int
    created: int
    changed: int
    corrected: int
    unchanged: int
    duplicates: int
    superseded: int
    rejected: int
    fields_rejected: int
    noted: int
    findings: int
    unknown_columns: list[str]
    unknown_columns_count: int
    same_as: str | None
    skips: int
    error_code: str | None
    error: str | None
    position: str | None
    started_at: datetime | None
    closed_at: datetime | None
    duration_ms: int | None
    sequence: int
    last_sequence: int
    incomplete: bool
    rows_seen: int
    imported_by: str


class Change(BaseModel):
    """A field of an event, a player or a stack that was known before, and its values.

    `at` is the place in the file, `id` the event's or player's; null is a value that nobody told,
    or was cleared. `withheld`: what can be erased (the address of a photo) is not shown.
    """

    at: str
    entity: Literal["event", "player", "chip_count"]
    id: str
    field: str
    old: Any
    new: Any
    withheld: bool
    sequence: int


class ImportPage(models.List[Finding]):
    """One import, and a page of its findings."""

    import_: Import = Field(alias="import")


@router.get("/imports", response_model=models.List[Import])
async def imports(
    gateway: Context, response: Response, query: Annotated[ImportsQuery, Query()]
) -> dict[str, Any]:
    """Every import, newest first."""
    asked = {
        "kind": query.kind,
        "status": query.status,
        "path": query.path,
        "sha256": query.sha256,
    }
    where = {name: value for name, value in asked.items() if value is not None}
    return await listed(gateway, response, (IMPORTS, READS), query, where)


@router.get("/imports/{import_id}", response_model=ImportPage)
async def one_import(
    gateway: Context, response: Response, import_id: Id, query: Annotated[FindingsQuery, Query()]
) -> dict[str, Any]:
    """One import, with its findings page by page."""
    asked = {"outcome": query.outcome, "field": query.field, "code": query.code}
    where = {name: value for name, value in asked.items() if value is not None}
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read((READS,), query.min_seq) as snapshot:
        found = await snapshot.one("imports", "import_id", import_id)
        if found is None:
            raise not_found("import", import_id)
        page = await snapshot.page(FINDINGS, window, {"import_id": import_id} | where)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {
        "import": found,
        "items": page.items,
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


@router.get("/imports/{import_id}/changes", response_model=models.List[Change])
async def import_changes(
    gateway: Context, response: Response, import_id: Id, query: Annotated[ChangesQuery, Query()]
) -> dict[str, Any]:
    """Which field of which event, player or stack the import changed, from what to what.

    In the order of the facts. New rows are only counted; a corrected snapshot of standings is
    replaced whole and is compared by `as_of` of the standings.
    """
    window = Window(limit=query.limit, order="asc", cursor=query.cursor)
    behind = read_cursor(CHANGES, window) if query.cursor else [0, 0]
    # Each of these facts changed something, so that no page needs more of them.
    where = {"import_id": import_id, "sequence >= {0}": behind[0]}
    async with gateway.views.read((READS,), query.min_seq) as snapshot:
        if await snapshot.one("imports", "import_id", import_id) is None:
            raise not_found("import", import_id)
        facts = await snapshot.select("import_changes", where, "sequence", query.limit + 2)
        counted = await snapshot.row(_CHANGES_IN_ALL, import_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    found = await _changes(gateway.bus, [fact["sequence"] for fact in facts], behind, query.limit)
    items, more = found[: query.limit], len(found) > query.limit
    return {
        "items": items,
        "total": counted["changes"] if counted else 0,
        "next_cursor": write_cursor(CHANGES, "asc", items[-1]) if more else None,
    }


async def _changes(bus: Bus, facts: list[int], behind: list[int], limit: int) -> list[Values]:
    """Changes behind a place, one more than the limit where there are more."""
    found: list[Values] = []
    for sequence in facts:
        message = await bus.event_at(sequence)
        if message is None or len(found) > limit:
            break
        for number, change in enumerate(changes(recorded(message).event), 1):
            if [sequence, number] > behind and len(found) <= limit:
                place = {"sequence": sequence, "number": number}
                found.append(msgspec.to_builtins(change) | place)
    return found
