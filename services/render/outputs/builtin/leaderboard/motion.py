"""The leaderboard's timeline: which state every frame has, computed from time alone.

In 600 ms: the scrim fades, then a wipe opens the panel, title and carriage slide, rows follow one
after the other. Out 480 ms: texts fade, the wipe closes, the scrim goes last. All ends are exact:
every frame between them equals the held picture.
"""

import msgspec

from services.render.outputs.builtin import timing
from services.render.outputs.builtin.leaderboard import geometry as g
from services.render.outputs.builtin.tokens import SHADOW_BORDER

IN_MS, OUT_MS = 600, 480
# The panel starts a little after the scrim.
_PANEL_DELAY_MS = 40
_SCRIM_MS = 200
_ROWS_FROM_MS, _ROW_STEP_MS, _ROW_MS, _ROW_RISE = 120, 30, 200, 14
_BOX_WIDTH = g.PANEL_WIDTH + 2 * SHADOW_BORDER
_CARRIAGE_RUN = g.PANEL_X + g.PANEL_WIDTH - g.CARRIAGE_WIDTH - g.CARRIAGE_X


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
    since_start_ms, until_end_ms = timing.moment(frame, frames, fps)
    if since_start_ms < IN_MS:
        return _entering(since_start_ms, rows)
    if until_end_ms < OUT_MS:
        return _leaving(OUT_MS - until_end_ms, rows)
    return held(rows)


def _entering(now_ms: float, rows: int) -> FrameState:
    panel_ms = now_ms - _PANEL_DELAY_MS
    title = timing.titled(panel_ms)
    row_shares = [
        timing.enter(timing.share_of(panel_ms, _ROWS_FROM_MS + _ROW_STEP_MS * index, _ROW_MS))
        for index in range(rows)
    ]
    return FrameState(
        scrim=timing.share_of(now_ms, 0, _SCRIM_MS),
        open_px=round(_BOX_WIDTH * timing.opened(panel_ms)),
        text_opacity=title,
        text_shift=-timing.TITLE_SLIDE * (1 - title),
        carriage_shift=_CARRIAGE_RUN * (1 - timing.arrived(panel_ms)),
        rows=tuple(RowState(share, _ROW_RISE * (1 - share)) for share in row_shares),
    )


def _leaving(now_ms: float, rows: int) -> FrameState:
    visible = 1 - timing.faded(now_ms)
    return FrameState(
        scrim=1 - timing.share_of(now_ms, OUT_MS - _SCRIM_MS, _SCRIM_MS),
        open_px=round(_BOX_WIDTH * (1 - timing.closed(now_ms))),
        text_opacity=visible,
        text_shift=0.0,
        carriage_shift=0.0,
        rows=(RowState(visible, 0.0),) * rows,
    )
