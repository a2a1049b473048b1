"""Refusals as RFC 9457 problem documents: what did not happen, why, and what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bus.errors import Retryable
from contracts.decision import Refusal
from contracts.poker.statistics import MissingFigure
from services.gateway import wording

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
# A wait for a read model ends within this; asking again sooner cannot help.
RETRY_AFTER_S = 1

_TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "No valid key",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict with the present state",
    413: "Body too large",
    416: "Range not satisfiable",
    422: "Some input is wrong",
    500: "A fault in the gateway",
    503: "Not available now",
}
_WORDS: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
}
_REFUSED: Mapping[str, int] = {
    "not_found": 404,
    "conflict": 409,
    "expired": 409,
    "invalid": 422,
    "unavailable": 503,
}


class Wrong(BaseModel):
    """One wrong input: where it stood, its name and what is wrong with it."""

    where: str
    name: str
    message: str


class Candidate(BaseModel):
    """A hand that an ambiguous request may mean."""

    ordinal: int
    start_utc: str


class ProblemBody(BaseModel):
    """A refusal (RFC 9457). `code` is a word for programs, `allowed` what would be possible.

    `reason` names the case where a figure does not exist (`missing_data`); `candidates` are the
    hands that carry an ambiguous number.
    """

    type: str = Field(examples=["urn:railcast:problem:not-yet"])
    title: str
    status: int
    detail: str
    instance: str
    code: str
    reason: str | None = None
    allowed: list[str] | None = None
    candidates: list[Candidate] | None = None
    errors: list[Wrong] | None = None


class Problem(Exception):
    """A refusal on its way to the client."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        """`more` are further members of the document; a None is left out."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more


def not_found(what: str, name: str) -> Problem:
    """There is no such thing."""
    return Problem(404, "not_found", f"there is no {what} {name}")


def missing(error: MissingFigure) -> Problem:
    """A figure does not exist; why stands in `reason`."""
    return Problem(409, "missing_data", str(error), reason=error.code)


def refused(refusal: Refusal) -> Problem:
    """A service's refusal; its reason becomes the code."""
    allowed = list(refusal.allowed) or None
    return Problem(_REFUSED[refusal.code], refusal.reason, refusal.message, allowed=allowed)


def answer(problem: Problem, path: str) -> Response:
    """The problem document as a response."""
    status = problem.status
    body = {
        "type": f"urn:railcast:problem:{problem.code.replace('_', '-')}",
        "title": _TITLES.get(status, "Refused"),
        "status": status,
        "detail": problem.detail,
        "instance": path,
        "code": problem.code,
    }
    body |= {name: value for name, value in problem.more.items() if value is not None}
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="railcast"'
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def _wrong(errors: Sequence[Mapping[str, Any]]) -> Problem:
    named = [
        Wrong(
            where=str(error["loc"][0]),
            name=".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0]),
            message=wording.sentence(error),
        )
        for error in errors
    ]
    detail = "; ".join(f"{wrong.where} {wrong.name}: {wrong.message}" for wrong in named)
    return Problem(422, "invalid_input", detail, errors=[wrong.model_dump() for wrong in named])


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem document; a bug shows no inside."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(error, request.url.path)

    async def on_missing(request: Request, error: Exception) -> Response:
        assert isinstance(error, MissingFigure)
        return answer(missing(error), request.url.path)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(_wrong(error.errors()), request.url.path)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _WORDS.get(error.status_code, "refused")
        return answer(Problem(error.status_code, code, error.detail), request.url.path)

    async def on_unavailable(request: Request, error: Exception) -> Response:
        log.warning("http.unavailable", path=request.url.path, error=_sentence(error))
        detail = "a server behind the gateway does not answer; nothing is known to have changed"
        if isinstance(error, Retryable):
            detail = str(error)
        return answer(Problem(503, "unavailable", detail), request.url.path)

    async def on_bug(request: Request, error: Exception) -> Response:
        log.error("http.bug", path=request.url.path, error=_sentence(error))
        detail = "the reason is in the gateway's log; the request may or may not have had effect"
        return answer(Problem(500, "internal", detail), request.url.path)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(MissingFigure, on_missing)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_bug)
    away = (Retryable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
    for kind in away:
        app.add_exception_handler(kind, on_unavailable)


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
