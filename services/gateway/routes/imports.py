"""The log of imports: what became of each file of the tournament platform, and of its rows."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from contracts.messages.wsop import Kind
from services.gateway.errors import not_found
from services.gateway.routes import models
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    Id,
    NewestQuery,
    PageQuery,
    listed,
)
from services.gateway.views import Listing, Window

router = APIRouter(tags=["imports"])

IMPORTS = Listing("imports", ("sequence", "import_id"), numbers=("sequence",))
FINDINGS = Listing("import_findings", ("number",), numbers=("number",))
READS = "sync_status"
# The longest path of a share, and more than any address that is pulled from.
PATH_LENGTH_MAX = 4096

type Status = Literal["processing", "completed", "partial", "failed", "skipped"]


class ImportsQuery(NewestQuery):
    """Query of the imports; filters that are given must all hold."""

    kind: Kind | None = None
    status: Status | None = None
    path: str | None = Field(
        default=None, min_length=1, max_length=PATH_LENGTH_MAX, pattern="^[^\x00]+$"
    )
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class Finding(BaseModel):
    """What is wrong (`rejected`) or odd (`noted`) about one row, in the order of the file.

    `at` is the number of its first line, or a JSON pointer. `field` is empty when it is about the
    whole row; with `scope` `field` the rest of the row was taken.
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
    once it is closed. `findings` counts what `GET /imports/{import_id}` lists. `skips` counts how
    often the same bytes came again under this path, known from the import `same_as`.
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
    gateway: Context, response: Response, import_id: Id, query: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """One import, with its findings page by page."""
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read((READS,), query.min_seq) as snapshot:
        found = await snapshot.one("imports", "import_id", import_id)
        if found is None:
            raise not_found("import", import_id)
        page = await snapshot.page(FINDINGS, window, {"import_id": import_id})
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {
        "import": found,
        "items": page.items,
        "total": page.total,
        "next_cursor": page.next_cursor,
    }
