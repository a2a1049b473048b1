"""Whether the whole works: this process, the projections against the log, the canary."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from bus.clock import utc_now
from contracts.streams import PROJECTIONS
from services.gateway.routes.context import SEQUENCE_HEADER, Context, Gateway, NoQuery

router = APIRouter(tags=["health"])
probes = APIRouter(include_in_schema=False)


class ProjectionHealth(BaseModel):
    """One projection: last sequence folded, how many it is behind, seconds since it moved."""

    projection: str
    checkpoint: int
    lag: int
    parked: int
    canary_seen: bool
    age_s: float | None


class CanaryHealth(BaseModel):
    """The newest canary and whether every projection has folded it."""

    sequence: int
    passed: bool


class HealthReport(BaseModel):
    """`ok` only when every part is well and every projection has folded the canary."""

    status: Literal["ok", "degraded"]
    head: int
    canary: CanaryHealth
    projections: list[ProjectionHealth]
    parts: dict[str, str]


async def report(gateway: Gateway) -> HealthReport:
    """The present state. Raises Problem when no projection has ever started."""
    head = (await gateway.bus.head()).sequence
    async with gateway.views.read(()) as snapshot:
        rows = await snapshot.rows("select projection, seq, parked from views.checkpoints")
    at = {row["projection"]: row for row in rows}
    canary = gateway.canary
    projections = [
        ProjectionHealth(
            projection=name,
            checkpoint=(seq := at[name]["seq"] if name in at else 0),
            lag=max(0, head - seq),
            parked=at[name]["parked"] if name in at else 0,
            canary_seen=0 < canary.sequence <= seq,
            age_s=gateway.checkpoints.age_s(name),
        )
        for name in PROJECTIONS
    ]
    passed = all(each.canary_seen for each in projections)
    well = passed and gateway.health.ready and not any(each.parked for each in projections)
    return HealthReport(
        status="ok" if well else "degraded",
        head=head,
        canary=CanaryHealth(sequence=canary.sequence, passed=passed),
        projections=projections,
        parts=gateway.health.report(),
    )


@router.get("/health")
async def health(
    gateway: Context, response: Response, _: Annotated[NoQuery, Query()]
) -> HealthReport:
    """Everything at a glance."""
    found = await report(gateway)
    lowest = min(each.checkpoint for each in found.projections)
    response.headers[SEQUENCE_HEADER] = str(lowest)
    return found


@probes.get("/healthz")
async def healthz(gateway: Context, response: Response) -> dict[str, Any]:
    """Whether this process works; `now` lets a page measure its clock against ours."""
    return _probe(gateway, response, good=gateway.health.healthy)


@probes.get("/readyz")
async def readyz(gateway: Context, response: Response) -> dict[str, Any]:
    """Whether the canary has passed every projection and all parts are well."""
    return _probe(gateway, response, good=gateway.health.ready)


def _probe(gateway: Gateway, response: Response, *, good: bool) -> dict[str, Any]:
    response.status_code = 200 if good else 503
    return {"ok": good, "now": utc_now().isoformat(), "parts": gateway.health.report()}
