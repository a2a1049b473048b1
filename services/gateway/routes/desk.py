"""What the page shows, from rows to words: states, the next cue, readiness. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from services.gateway.views import Values

# The decider takes a cue in one of these states and in no other.
TAKEABLE: Final = ("standby", "ready", "pending")

# state -> (word, shape, kind); the kind is a CSS class, never the only sign of the state.
_CUE_BADGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "on_air": ("ON AIR", "dot", "air"),
    "draft": ("DRAFT", "none", "thin"),
    "pending": ("READY", "none", "line"),
    "ready": ("READY", "none", "line"),
    "standby": ("READY", "none", "line"),
    "completed": ("AIRED", "check", "thin"),
    "skipped": ("SKIPPED", "none", "thin"),
    "failed": ("FAILED", "cross", "fault"),
    "cancelled": ("CANCELLED", "none", "thin"),
}
_NEXT: Final = ("NEXT", "ring", "next")
_HAND_BADGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "settled": ("SETTLED", "check", "thin"),
    "unsettled": ("UNSETTLED", "arc", "busy"),
    "edited": ("EDITED", "triangle", "warn"),
}
_UNKNOWN: Final = ("?", "none", "thin")


class Badge(msgspec.Struct, frozen=True):
    """A state as a word, a shape and a colour class."""

    word: str
    shape: str
    kind: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """One line of readiness. `percent` is there only while something moves; `since` is a time."""

    text: str
    shape: str = "none"
    kind: str = "calm"
    percent: int | None = None
    render_id: str = ""
    since: str = ""


class CueLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the cue sheet."""

    cue: Values
    badge: Badge
    ready: Ready
    is_next: bool
    can_arm: bool


class Rundown(msgspec.Struct, frozen=True, kw_only=True):
    """One session's sheet, what is next and what is on air."""

    session: Values | None
    sheet: Values | None
    lines: list[CueLine]
    next: CueLine | None
    air: CueLine | None
    render: Values | None
    taken: Values | None
    problem: str


def hand_badge(state: str) -> Badge:
    """State of a hand."""
    return Badge(*_HAND_BADGES.get(state, _UNKNOWN))


def next_cue(cues: Sequence[Values], armed: str = "") -> Values | None:
    """The cue that TAKE would take: the armed one, else the first takeable one behind the air.

    Behind the last one it starts again at the top, so that a cue added late is not forgotten.
    """
    takeable = [cue for cue in cues if cue["status"] in TAKEABLE]
    for cue in takeable:
        if cue["item_id"] == armed:
            return cue
    aired = [cue["sort_order"] for cue in cues if cue["status"] == "on_air"]
    behind = [cue for cue in takeable if cue["sort_order"] > max(aired, default=-1)]
    return next(iter(behind or takeable), None)


def readiness(cue: Values, render: Values | None, data_at: Mapping[str, str]) -> Ready:
    """What a person must know before and after the take of a cue.

    `data_at` tells for each game with stacks when its newest fact was said (RFC 3339).
    """
    if cue["status"] == "on_air":
        return picture(render)
    if cue["status"] in TAKEABLE:
        game = str(cue["parameters"].get("game_id", ""))
        if game not in data_at:
            return Ready(text="Missing: no stacks of this game", shape="triangle", kind="warn")
        return Ready(text="Data", shape="check", since=data_at[game])
    return Ready(text="")


def picture(render: Values | None) -> Ready:
    """How far the picture of a taken cue is; `percent` of the facts, finer by notices."""
    if render is None:
        return Ready(text="Picture: asked for", shape="clock", kind="busy")
    render_id = render["render_id"]
    match render["status"]:
        case "requested":
            return Ready(text="Queued", shape="clock", kind="busy", percent=0, render_id=render_id)
        case "rendering":
            percent = render["progress"]
            return Ready(
                text="Rendering", shape="arc", kind="busy", percent=percent, render_id=render_id
            )
        case "completed":
            return Ready(text="Picture finished", shape="check")
        case "failed":
            reason = render["error_message"] or render["error_code"]
            return Ready(text=f"Render failed: {reason}", shape="cross", kind="fault")
        case other:
            return Ready(text=f"Render: {other} ?")


def rundown(rows: Mapping[str, Any], armed: str) -> Rundown:
    """Join the rows of one snapshot: session, sheet, cues, renders, newest take, data ages."""
    cues: list[Values] = rows["cues"]
    renders = {row["render_id"]: row for row in rows["renders"]}
    chosen = next_cue(cues, armed)
    lines = [_line(cue, chosen, renders.get(cue["render_id"]), rows["data_at"]) for cue in cues]
    on_air = [line for line in lines if line.cue["status"] == "on_air"]
    air = max(on_air, key=lambda line: line.cue["aired_at"], default=None)
    return Rundown(
        session=rows["session"],
        sheet=rows["sheet"],
        lines=lines,
        next=next((line for line in lines if line.is_next), None),
        air=air,
        render=renders.get(air.cue["render_id"]) if air else None,
        taken=rows["taken"],
        problem=_problem(rows["session"], rows["sheet"], cues, chosen),
    )


def _line(
    cue: Values, chosen: Values | None, render: Values | None, data_at: Mapping[str, str]
) -> CueLine:
    is_next = chosen is not None and cue["item_id"] == chosen["item_id"]
    badge = _NEXT if is_next else _CUE_BADGES.get(cue["status"], _UNKNOWN)
    return CueLine(
        cue=cue,
        badge=Badge(*badge),
        ready=readiness(cue, render, data_at),
        is_next=is_next,
        can_arm=cue["status"] in TAKEABLE and not is_next,
    )


def _problem(
    session: Values | None, sheet: Values | None, cues: Sequence[Values], chosen: Values | None
) -> str:
    """Why nothing can be taken; empty when something can."""
    if session is None:
        return "No session is open"
    if session["status"] not in ("live", "break"):
        return f"The session is {session['status']}"
    if sheet is None:
        return "The session has no cue sheet"
    if not cues:
        return "The sheet is empty: add a cue"
    if chosen is None:
        return "No cue is left to take: add one"
    return ""
