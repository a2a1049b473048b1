"""What a Decider may answer besides events."""

from typing import Literal

import msgspec

type RefusalCode = Literal["not_found", "conflict", "invalid", "expired", "unavailable"]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A command is not done: a word for programs, a sentence for people, what would be allowed.

    `code` decides the HTTP status: not_found 404, conflict and expired 409, invalid 422,
    unavailable 503. `reason` names the exact case, e.g. `already_on_air`.
    """

    code: RefusalCode
    reason: str
    message: str
    allowed: tuple[str, ...] = ()


def conflict(reason: str, message: str, *allowed: str) -> Refusal:
    """What the state does not allow, and what it would."""
    return Refusal(code="conflict", reason=reason, message=message, allowed=allowed)


def invalid(reason: str, message: str) -> Refusal:
    """What nobody could do, whatever the state."""
    return Refusal(code="invalid", reason=reason, message=message)


def not_found(kind: str, name: str) -> Refusal:
    """Something that is not there."""
    return Refusal(code="not_found", reason=f"{kind}_not_found", message=f"no {kind} {name}")
