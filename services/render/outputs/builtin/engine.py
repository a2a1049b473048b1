"""The engine itself: job -> layout -> scene -> two proved files."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import skia
import uharfbuzz  # type: ignore[import-untyped]

from contracts.compositions import CATALOGUE, Composition
from services.render.outputs.builtin.assets import asset
from services.render.outputs.builtin.graphic import Graphic, Painter
from services.render.outputs.builtin.graphics import graphic_of
from services.render.outputs.builtin.movie import Clip, encode_movie, verify_movie
from services.render.outputs.builtin.png import encode_png, verify_png
from services.render.outputs.builtin.tokens import THEMES, TOKENS_VERSION
from services.render.outputs.engine import (
    DURATION_MS_MAX,
    DURATION_MS_MIN,
    BadJob,
    EncodeFailed,
    EngineJob,
    EngineResult,
    OutputFile,
)

NAME = "builtin"
# Goes up when the drawing or encoding code changes the bytes of an output.
CODE_VERSION = 1
_MS = 1_000
_OUTPUT_MODE = 0o644


class BuiltinEngine:
    """Draws with skia and encodes with FFmpeg, in this process; safe in several threads."""

    def __init__(self) -> None:
        """Looks for the vendored assets once, so that a missing set-up shows at start.

        Raises:
            MissingAsset: set-up did not run.
        """
        assets = hashlib.sha256(asset("manifest.json").read_bytes()).hexdigest()[:12]
        self._version = "-".join(
            (
                f"{CODE_VERSION}.{TOKENS_VERSION}",
                f"skia{skia.__version__}",
                f"av{av.__version__}",
                f"hb{uharfbuzz.__version__}",
                f"assets{assets}",
            )
        )

    @property
    def name(self) -> str:
        """`builtin`."""
        return NAME

    @property
    def version(self) -> str:
        """Code, theme, library and asset versions: whatever could change a byte."""
        return self._version

    def render(self, job: EngineJob, progress: Callable[[int, int], None]) -> EngineResult:
        """See `Engine.render`; both files are proved before either gets its name."""
        composition, graphic = _prepare(job)
        frames, fps = job.duration_ms * composition.fps // _MS, composition.fps
        clip = Clip(
            frames=frames,
            state_at=lambda frame: graphic.state_at(frame, frames, fps),
            width=composition.width,
            height=composition.height,
            fps=fps,
        )
        painter = Painter(graphic.scene)
        with _part_of(job.still_path) as still, _part_of(job.movie_path) as movie:
            _write_still(still, painter, clip)
            drawn = encode_movie(movie, painter, clip, job.should_stop, progress)
            verify_movie(movie, clip)
            files = _publish(still, job.still_path), _publish(movie, job.movie_path)
        return EngineResult(
            still=files[0],
            movie=files[1],
            width=clip.width,
            height=clip.height,
            fps=clip.fps,
            frames=clip.frames,
            frames_drawn=drawn,
            warnings=(*job.fields.warnings, *graphic.warnings),
        )


def _prepare(job: EngineJob) -> tuple[Composition, Graphic]:
    composition = CATALOGUE.get(job.composition)
    if composition is None:
        raise BadJob(f"this engine does not draw {job.composition!r}")
    theme = THEMES.get(job.theme)
    if theme is None:
        raise BadJob(f"{job.theme!r} is not one of the themes {', '.join(THEMES)}")
    if not DURATION_MS_MIN <= job.duration_ms <= DURATION_MS_MAX:
        raise BadJob(
            f"{job.duration_ms} ms is not between {DURATION_MS_MIN} and {DURATION_MS_MAX} ms"
        )
    return composition, graphic_of(composition.name, job.fields, theme)


def _write_still(path: Path, painter: Painter[Any], clip: Clip[Any]) -> None:
    painter.paint(clip.state_at(clip.frames // 2))
    pixels = painter.straight()
    try:
        path.write_bytes(encode_png(pixels))
    except OSError as error:
        raise EncodeFailed(f"{path.name} could not be written: {error}") from error
    verify_png(path, pixels)


@contextmanager
def _part_of(final: Path) -> Iterator[Path]:
    """A temporary name beside the final one, gone afterwards unless it was renamed."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{final.stem}.", suffix=".part", dir=final.parent)
    except OSError as error:
        raise EncodeFailed(f"{final.parent} cannot be written: {error}") from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _publish(part: Path, final: Path) -> OutputFile:
    """Give a proved file its name; whoever sees the name sees the whole file."""
    try:
        content = part.read_bytes()
        # A temporary file is private to its owner; an output is for everybody who may see it.
        part.chmod(_OUTPUT_MODE)
        part.replace(final)
    except OSError as error:
        raise EncodeFailed(f"{final} could not be put in place: {error}") from error
    digest = hashlib.sha256(content).hexdigest()
    return OutputFile(path=final, size_bytes=len(content), sha256=digest)
