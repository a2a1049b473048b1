"""H.264 movies: a thread paints and converts frames while the caller's thread encodes them.

Bytes are the same run to run: one encoder thread, no dates, no program names in the file.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import msgspec
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from services.render.outputs.builtin.graphic import Painter
from services.render.outputs.engine import EncodeFailed, RenderStopped

# Painted frames that wait for the encoder; each takes 3.1 MB, and more would not make it faster.
FRAMES_AHEAD_MAX = 4
PIXEL_FORMAT = "yuv420p"
_BT709 = 1
_LIMITED_RANGE = 1
_ENCODER = {
    # On flat graphics slower presets give the same picture (within 0.2 dB) for twice the time.
    "preset": "superfast",
    "crf": "16",
    "profile": "high",
    # One key frame a second: playout can start anywhere.
    "g": "30",
}


class Clip[State](msgspec.Struct, frozen=True, kw_only=True):
    """What to encode: the state of each frame, picture size in px, frames per second."""

    frames: int
    state_at: Callable[[int], State]
    width: int
    height: int
    fps: int


class _Source[State]:
    """Paints frames in order; equal neighbours are one and the same frame."""

    def __init__(
        self, painter: Painter[State], clip: Clip[State], should_stop: Callable[[], bool]
    ) -> None:
        self._painter = painter
        self._clip = clip
        self._should_stop = should_stop
        self._reformatter = VideoReformatter()
        self._state: State | None = None
        self._frame: Any = None
        self.drawn = 0

    def frame(self, index: int) -> Any:
        if self._should_stop():
            raise RenderStopped(f"stopped at frame {index} of {self._clip.frames}")
        state = self._clip.state_at(index)
        if state != self._state:
            self._painter.paint(state)
            self._frame = self._converted()
            self._state = state
            self.drawn += 1
        return self._frame

    def _converted(self) -> Any:
        """The picture over black: premultiplied colours without their alpha are just that."""
        picture = av.VideoFrame.from_numpy_buffer(self._painter.pixels, "bgra")
        return self._reformatter.reformat(
            picture,
            format=PIXEL_FORMAT,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )


def encode_movie[State](
    path: Path,
    painter: Painter[State],
    clip: Clip[State],
    should_stop: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> int:
    """Write the whole clip; returns how many distinct pictures were drawn.

    Raises:
        RenderStopped: `should_stop` said so.
        EncodeFailed: the encoder or the disk refused.
    """
    source = _Source(painter, clip, should_stop)
    try:
        with av.open(str(path), "w", format="mp4", options=_CONTAINER) as container:
            stream = _stream(container, clip)
            with ThreadPoolExecutor(1, thread_name_prefix="painter") as pool:
                ahead: deque[Future[Any]] = deque()
                for index in range(clip.frames + FRAMES_AHEAD_MAX):
                    if index < clip.frames:
                        ahead.append(pool.submit(source.frame, index))
                    if index >= FRAMES_AHEAD_MAX:
                        done = index - FRAMES_AHEAD_MAX
                        frame = ahead.popleft().result()
                        frame.pts = done
                        container.mux(stream.encode(frame))
                        progress(done + 1, clip.frames)
            container.mux(stream.encode())
    except (av.FFmpegError, OSError) as error:
        raise EncodeFailed(f"{path.name} could not be written: {error}") from error
    return source.drawn


_CONTAINER = {"fflags": "+bitexact", "movflags": "+faststart"}


def _stream(container: Any, clip: Clip[Any]) -> Any:
    stream = container.add_stream("libx264", rate=clip.fps, options=_ENCODER)
    stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, PIXEL_FORMAT
    context = stream.codec_context
    context.thread_count = 1
    context.flags |= av.codec.context.Flags.bitexact
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED_RANGE
    return stream


def verify_movie(path: Path, clip: Clip[Any]) -> None:
    """Decode the whole file and count: frames, size, pixel format and colour tags.

    Raises:
        EncodeFailed: it does not decode to what was asked.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            shape = (clip.width, clip.height, PIXEL_FORMAT, _BT709, _LIMITED_RANGE)
            count = 0
            for frame in container.decode(stream):
                tags = (int(frame.colorspace), int(frame.color_range))
                if (frame.width, frame.height, frame.format.name, *tags) != shape:
                    raise EncodeFailed(f"frame {count} of {path.name} has another size or format")
                count += 1
            if count != clip.frames or stream.average_rate != clip.fps:
                raise EncodeFailed(
                    f"{path.name} holds {count} frames at {stream.average_rate} fps,"
                    f" not {clip.frames} at {clip.fps}"
                )
    except (av.FFmpegError, OSError, IndexError) as error:
        raise EncodeFailed(f"{path.name} does not decode: {error}") from error
