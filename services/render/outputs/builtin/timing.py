"""The times and curves that all graphics share.

Times are ms since the graphic came in or began to leave; movement is a share, exact at both ends.
"""

# Halvings of the curve parameter; 40 leave an error far below one pixel.
_BISECTIONS = 40
_COUNT = (0.22, 1.0, 0.36, 1.0)

# A title slides in from this many px to its left.
TITLE_SLIDE = 24
WIPE_MS = 240


def moment(frame: int, frames: int, fps: int) -> tuple[float, float]:
    """A frame's time since the start of the movie and until its last frame, in ms."""
    return frame * 1000 / fps, (frames - 1 - frame) * 1000 / fps


def opened(now_ms: float) -> float:
    """How far the wipe has opened a graphic that comes in."""
    return enter(share_of(now_ms, 0, WIPE_MS))


def titled(now_ms: float) -> float:
    """How far the title of a graphic that comes in has arrived."""
    return enter(share_of(now_ms, 80, 240))


def arrived(now_ms: float) -> float:
    """How far the carriage of a graphic that comes in has run to its place."""
    return enter(share_of(now_ms, 0, 400))


def faded(now_ms: float) -> float:
    """How far the texts of a graphic that leaves have faded."""
    return share_of(now_ms, 0, 160)


def closed(now_ms: float) -> float:
    """How far the wipe has closed over a graphic that leaves."""
    return leave(share_of(now_ms, 120, 280))


def share_of(now_ms: float, from_ms: float, length_ms: float) -> float:
    """How much of a span of time has passed, 0..1."""
    return min(max((now_ms - from_ms) / length_ms, 0.0), 1.0)


def enter(share: float) -> float:
    """The curve of everything that comes in: fast, then settling."""
    return _bezier(share, (0.16, 1.0, 0.30, 1.0))


def leave(share: float) -> float:
    """The curve of everything that goes: slow, then fast."""
    return _bezier(share, (0.70, 0.0, 0.84, 0.0))


def count(share: float) -> float:
    """The curve of a number that counts up, and of a line that is drawn with it."""
    return _bezier(share, _COUNT)


def counted_at(progress: float) -> float:
    """The share of the time at which `count` has come this far: its inverse."""
    x1, y1, x2, y2 = _COUNT
    return _bezier(progress, (y1, x1, y2, x2))


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
