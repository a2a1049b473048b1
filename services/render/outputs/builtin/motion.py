"""The leaderboard's timeline: which state every frame has, computed from time alone.

In 600 ms: the scrim fades, then a wipe opens the panel, title and carriage slide, rows follow one
after the other. Out 480 ms: texts fade, the wipe closes, the scrim goes last. All ends are exact:
every frame between them equals the held picture.
"""

import msgspec

from services.render.outputs.builtin.tokens import (
    CARRIAGE_WIDTH,
    CARRIAGE_X,
    PANEL_WIDTH,
    PANEL_X,
    SHADOW_BORDER,
)

IN_MS, OUT_MS = 600, 480
# The panel starts a little after the scrim.
_PANEL_DELAY_MS = 40
_SCRIM_MS = 200
_WIPE_MS, _WIPE_OUT_MS, _WIPE_OUT_FROM_MS = 240, 280, 120
_TITLE_FROM_MS, _TITLE_MS, _TITLE_SLIDE = 80, 240, 24
_CARRIAGE_MS = 400
_ROWS_FROM_MS, _ROW_STEP_MS, _ROW_MS, _ROW_RISE = 120, 30, 200, 14
_FADE_OUT_MS = 160
_BOX_WIDTH = PANEL_WIDTH + 2 * SHADOW_BORDER
_CARRIAGE_RUN = PANEL_X + PANEL_WIDTH - CARRIAGE_WIDTH - CARRIAGE_X
# Halvings of the curve parameter; 40 leave an error far below one pixel.
_BISECTIONS = 40


class RowState(msgspec.Struct, frozen=True):
    """A row's opacity 0..1 and how many px it still stands below its place."""

    opacity: float
    drop: float


class FrameState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can differ between two frames of one graphic.

    `open_px` is how much of the panel with its shadow the wipe shows, whole px from the left.
    """

    scrim: float
    open_px: int
    text_opacity: float
    text_shift: float
    carriage_shift: float
    rows: tuple[RowState, ...]


def held(rows: int) -> FrameState:
    """The state of the picture at rest."""
    return FrameState(
        scrim=1.0,
        open_px=_BOX_WIDTH,
        text_opacity=1.0,
        text_shift=0.0,
        carriage_shift=0.0,
        rows=(RowState(1.0, 0.0),) * rows,
    )


def state_at(frame: int, frames: int, fps: int, rows: int) -> FrameState:
    """The state of one of `frames` frames: the first and the last are fully transparent."""
    since_start_ms = frame * 1000 / fps
    until_end_ms = (frames - 1 - frame) * 1000 / fps
    if since_start_ms < IN_MS:
        return _entering(since_start_ms, rows)
    if until_end_ms < OUT_MS:
        return _leaving(OUT_MS - until_end_ms, rows)
    return held(rows)


def _entering(now_ms: float, rows: int) -> FrameState:
    panel_ms = now_ms - _PANEL_DELAY_MS
    title = enter(_share(panel_ms, _TITLE_FROM_MS, _TITLE_MS))
    row_shares = [
        enter(_share(panel_ms, _ROWS_FROM_MS + _ROW_STEP_MS * index, _ROW_MS))
        for index in range(rows)
    ]
    return FrameState(
        scrim=_share(now_ms, 0, _SCRIM_MS),
        open_px=round(_BOX_WIDTH * enter(_share(panel_ms, 0, _WIPE_MS))),
        text_opacity=title,
        text_shift=-_TITLE_SLIDE * (1 - title),
        carriage_shift=_CARRIAGE_RUN * (1 - enter(_share(panel_ms, 0, _CARRIAGE_MS))),
        rows=tuple(RowState(share, _ROW_RISE * (1 - share)) for share in row_shares),
    )


def _leaving(now_ms: float, rows: int) -> FrameState:
    visible = 1 - _share(now_ms, 0, _FADE_OUT_MS)
    closed = leave(_share(now_ms, _WIPE_OUT_FROM_MS, _WIPE_OUT_MS))
    return FrameState(
        scrim=1 - _share(now_ms, OUT_MS - _SCRIM_MS, _SCRIM_MS),
        open_px=round(_BOX_WIDTH * (1 - closed)),
        text_opacity=visible,
        text_shift=0.0,
        carriage_shift=0.0,
        rows=(RowState(visible, 0.0),) * rows,
    )


def _share(now_ms: float, from_ms: float, length_ms: float) -> float:
    """How much of a span has passed, 0..1."""
    return min(max((now_ms - from_ms) / length_ms, 0.0), 1.0)


def enter(share: float) -> float:
    """The curve of everything that comes in: fast, then settling."""
    return _bezier(share, (0.16, 1.0, 0.30, 1.0))


def leave(share: float) -> float:
    """The curve of everything that goes: slow, then fast."""
    return _bezier(share, (0.70, 0.0, 0.84, 0.0))


def _bezier(share: float, points: tuple[float, float, float, float]) -> float:
    """A CSS cubic-bezier: progress for a share of the time; exact at both ends."""
    if share in (0.0, 1.0):
        return share
    x1, y1, x2, y2 = points
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _cubic(middle, x1, x2) < share:
            low = middle
        else:
            high = middle
    return _cubic(low, y1, y2)


def _cubic(s: float, first: float, second: float) -> float:
    rest = 1 - s
    return 3 * rest * rest * s * first + 3 * rest * s * s * second + s * s * s
