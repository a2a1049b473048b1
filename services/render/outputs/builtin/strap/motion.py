"""The strap's timeline: which state every frame has, computed from time alone.

In 480 ms: a wipe opens the strap, name and line slide in, the tile opens from its right edge, its
small figure comes last. Out 400 ms: the tile closes and the texts fade, then the wipe closes.
"""

import msgspec

from services.render.outputs.builtin import timing

IN_MS, OUT_MS = 480, 400
_TILE_FROM_MS, _TILE_MS, _TILE_OUT_MS = 160, 240, 160
_SMALL_FROM_MS, _SMALL_MS = 280, 200


class FrameState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can differ between two frames of one strap, in shares of the whole.

    `opened` is how much of the strap with its shadow the wipe shows, from the left; `tile` how much
    of the tile, from the right.
    """

    opened: float
    text_opacity: float
    text_shift: float
    tile: float
    small_opacity: float


HELD = FrameState(opened=1.0, text_opacity=1.0, text_shift=0.0, tile=1.0, small_opacity=1.0)


def state_at(frame: int, frames: int, fps: int) -> FrameState:
    """The state of one of `frames` frames: the first and the last are fully transparent."""
    since_start_ms, until_end_ms = timing.moment(frame, frames, fps)
    if since_start_ms < IN_MS:
        return _entering(since_start_ms)
    if until_end_ms < OUT_MS:
        return _leaving(OUT_MS - until_end_ms)
    return HELD


def _entering(now_ms: float) -> FrameState:
    title = timing.titled(now_ms)
    return FrameState(
        opened=timing.opened(now_ms),
        text_opacity=title,
        text_shift=-timing.TITLE_SLIDE * (1 - title),
        tile=timing.enter(timing.share_of(now_ms, _TILE_FROM_MS, _TILE_MS)),
        small_opacity=timing.enter(timing.share_of(now_ms, _SMALL_FROM_MS, _SMALL_MS)),
    )


def _leaving(now_ms: float) -> FrameState:
    return FrameState(
        opened=1 - timing.closed(now_ms),
        text_opacity=1 - timing.faded(now_ms),
        text_shift=0.0,
        tile=1 - timing.leave(timing.share_of(now_ms, 0, _TILE_OUT_MS)),
        small_opacity=1.0,
    )
