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
