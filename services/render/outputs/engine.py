"""What every render engine promises: one job in, two proved files out, or one named error."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from contracts.compositions import Fields

# A graphic is on air for seconds; a longer movie is a mistake in the request, not a wish.
DURATION_MS_MIN = 2_000
DURATION_MS_MAX = 60_000


class EngineError(Exception):
    """The engine could not make the files."""


class BadJob(EngineError):
    """The job asks for something this engine does not offer; trying again cannot help."""


class MissingGlyph(EngineError):
    """No vendored font has a character of the text; nothing was drawn."""


class MissingAsset(EngineError):
    """A vendored font or flag is absent or unreadable."""


class EncodeFailed(EngineError):
    """A file could not be written, or did not decode to what was drawn."""


class RenderStopped(EngineError):
    """`should_stop` said so; no file was left behind."""


def never() -> bool:
    """The `should_stop` of a job that nobody cancels."""
    return False


class EngineJob(msgspec.Struct, frozen=True, kw_only=True):
    """One graphic to make; `fields` are those of its composition.

    Paths are final names in existing folders; a file appears there whole or not at all.
    `should_stop` is asked before each frame, from either of the engine's threads.
    """

    composition: str
    fields: Fields
    theme: str = "midnight"
    duration_ms: int = 5_000
    still_path: Path
    movie_path: Path
    should_stop: Callable[[], bool] = never


class OutputFile(msgspec.Struct, frozen=True, kw_only=True):
    """One finished file: where, how large (bytes), and the SHA-256 of its bytes in hex."""

    path: Path
    size_bytes: int
    sha256: str


class EngineResult(msgspec.Struct, frozen=True, kw_only=True):
    """Both files after they were decoded again, and what the picture had to give up.

    `warnings` are sentences about texts that were cut to fit; `frames_drawn` counts the distinct
    pictures among the `frames` of the movie.
    """

    still: OutputFile
    movie: OutputFile
    width: int
    height: int
    fps: int
    frames: int
    frames_drawn: int
    warnings: tuple[str, ...] = ()


class Engine(Protocol):
    """Draws and encodes. Synchronous and CPU bound: call it in a thread."""

    @property
    def name(self) -> str:
        """Short name for the output cache key, for example `builtin`."""

    @property
    def version(self) -> str:
        """Changes whenever the same job could give other bytes."""

    def render(self, job: EngineJob, progress: Callable[[int, int], None]) -> EngineResult:
        """Make the PNG still (the middle frame, with alpha) and the H.264 movie (over black).

        `progress(done, total)` counts movie frames and is called in the calling thread.

        Raises:
            BadJob, MissingGlyph, MissingAsset, EncodeFailed, RenderStopped: no file was left.
        """
