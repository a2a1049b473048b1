"""The chip flow's timeline: which state every frame has, computed from time alone.

In 600 ms: a wipe opens the panel, the title slides, the carriage runs to the last point, the line
is drawn along its length while the figure counts, and each point pops as the line reaches it.
Out 400 ms: everything on the panel fades, the wipe closes.
"""

import msgspec

from services.render.outputs.builtin import timing
from services.render.outputs.builtin.chip_flow import geometry as g
from services.render.outputs.builtin.tokens import SHADOW_BORDER

IN_MS, OUT_MS = 600, 400
_LINE_FROM_MS, _LINE_MS = 160, 400
_POP_MS, _POP_FROM = 80, 0.6
_CHANGE_FROM_MS, _CHANGE_MS = 440, 120
_BOX_WIDTH = g.PANEL.width + 2 * SHADOW_BORDER
_CARRIAGE_RUN = g.PANEL.x + g.PANEL.width - g.CARRIAGE_WIDTH // 2 - g.PLOT_RIGHT


class FrameState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can differ between two frames of one chip flow.

    `open_px` is how much of the panel with its shadow the wipe shows, whole px from the left;
    `drawn` how much of the line there is and how far the figure has counted; `marks` the size of
    each point against its full one, 0 before the line is there.
    """

    open_px: int
    text_opacity: float
    text_shift: float
    carriage_shift: float
    plot_opacity: float
    drawn: float
    marks: tuple[float, ...]
    change_opacity: float


def held(points: int) -> FrameState:
    """The state of the picture at rest."""
    return FrameState(
        open_px=_BOX_WIDTH,
        text_opacity=1.0,
        text_shift=0.0,
        carriage_shift=0.0,
        plot_opacity=1.0,
        drawn=1.0,
        marks=(1.0,) * points,
        change_opacity=1.0,
    )


def state_at(frame: int, frames: int, fps: int, along: tuple[float, ...]) -> FrameState:
    """The state of one of `frames` frames: the first and the last are fully transparent.

    `along` is how far along the line each point lies, 0..1.
    """
    since_start_ms, until_end_ms = timing.moment(frame, frames, fps)
    if since_start_ms < IN_MS:
        return _entering(since_start_ms, along)
    if until_end_ms < OUT_MS:
        return _leaving(OUT_MS - until_end_ms, len(along))
    return held(len(along))


def _entering(now_ms: float, along: tuple[float, ...]) -> FrameState:
    title = timing.titled(now_ms)
    return FrameState(
        open_px=round(_BOX_WIDTH * timing.opened(now_ms)),
        text_opacity=title,
        text_shift=-timing.TITLE_SLIDE * (1 - title),
        carriage_shift=_CARRIAGE_RUN * (1 - timing.arrived(now_ms)),
        plot_opacity=1.0,
        drawn=timing.count(timing.share_of(now_ms, _LINE_FROM_MS, _LINE_MS)),
        marks=tuple(_mark(now_ms, share) for share in along),
        change_opacity=timing.share_of(now_ms, _CHANGE_FROM_MS, _CHANGE_MS),
    )


def _mark(now_ms: float, along: float) -> float:
    reached_ms = _LINE_FROM_MS + _LINE_MS * timing.counted_at(along)
    # The last points have popped when the graphic is in.
    from_ms = min(reached_ms, IN_MS - _POP_MS)
    if now_ms < from_ms:
        return 0.0
    return _POP_FROM + (1 - _POP_FROM) * timing.enter(timing.share_of(now_ms, from_ms, _POP_MS))


def _leaving(now_ms: float, points: int) -> FrameState:
    visible = 1 - timing.faded(now_ms)
    return msgspec.structs.replace(
        held(points),
        open_px=round(_BOX_WIDTH * (1 - timing.closed(now_ms))),
        text_opacity=visible,
        plot_opacity=visible,
        change_opacity=visible,
    )
