"""Foreign pictures, drawn anew by `decoder` in a child process that may die without harm.

What comes back is not believed either: names, forms, sizes and hashes are looked at again here.
"""

import asyncio
import hashlib
import signal
import sys
from pathlib import Path
from typing import Literal

import msgspec

from contracts.decision import Refusal
from contracts.messages.override import ImageSource, RenditionUse
from contracts.people.storage import UPLOAD_BYTES_MAX
from services.override.outputs import decoder

# Seconds on the clock, for a machine busy with other things; processor time ends most before.
WALL_S_MAX = 10.0
# Each may take a quarter of a gigabyte.
CHILDREN_MAX = 2
# Characters of a decoder's own words; they may quote the file.
MESSAGE_LENGTH_MAX = 200
TOO_COSTLY = "decoding the picture takes too long; save it smaller, or without progressive scans"
USES: tuple[RenditionUse, ...] = ("master", "broadcast", "thumbnail")
_SUFFIXES: dict[str, Literal["image/jpeg", "image/png"]] = {
    "jpg": "image/jpeg",
    "png": "image/png",
}
_MAGIC = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


class PictureRefused(Exception):
    """An upload is no picture we keep."""

    def __init__(self, reason: str, message: str) -> None:
        """A word for programs and a sentence for people."""
        super().__init__(message)
        self.refusal = Refusal(code="invalid", reason=reason, message=message)


class DrawnFile(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition on disk."""

    use: RenditionUse
    path: Path
    media_type: Literal["image/png", "image/jpeg"]
    sha256: str
    bytes: int
    width: int
    height: int


class Drawn(msgspec.Struct, frozen=True):
    """What an upload was, and its renditions."""

    source: ImageSource
    files: tuple[DrawnFile, ...]


class _Source(msgspec.Struct):
    format: Literal["png", "jpeg", "webp"]
    width: int
    height: int


class _Rendition(msgspec.Struct):
    use: RenditionUse
    file: str
    width: int
    height: int


class _Report(msgspec.Struct):
    source: _Source | None = None
    renditions: tuple[_Rendition, ...] = ()
    reason: str = ""
    message: str = ""


class Painter:
    """Draws uploads anew, a few at a time."""

    def __init__(self) -> None:
        """One of a process: the limit on children is its own."""
        self._free = asyncio.Semaphore(CHILDREN_MAX)

    async def draw(self, data: bytes, folder: Path) -> Drawn:
        """Renditions of a picture as files in an empty folder. Raises PictureRefused."""
        if not data:
            raise PictureRefused("no_pixels", "the upload is empty")
        if len(data) > UPLOAD_BYTES_MAX:
            message = f"a picture has at most {UPLOAD_BYTES_MAX} bytes, this one {len(data)}"
            raise PictureRefused("too_many_bytes", message)
        upload, drawn = folder / "upload", folder / "drawn"
        await asyncio.to_thread(_prepare, upload, drawn, data)
        async with self._free:
            said = await _run(upload, drawn)
        return await asyncio.to_thread(_believed, said, drawn, len(data))


def _prepare(upload: Path, drawn: Path, data: bytes) -> None:
    drawn.mkdir()
    upload.write_bytes(data)


async def _run(upload: Path, folder: Path) -> _Report:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        decoder.__file__,
        str(upload),
        str(folder),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        cwd=folder,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(WALL_S_MAX):
            out, _ = await child.communicate()
    except TimeoutError as error:
        raise PictureRefused("too_costly", TOO_COSTLY) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode in (-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGKILL):
        raise PictureRefused("too_costly", TOO_COSTLY)
    try:
        return msgspec.json.decode(out, type=_Report)
    except msgspec.DecodeError as error:
        message = f"the picture cannot be decoded: the decoder ended with {child.returncode}"
        raise PictureRefused("broken_image", message) from error


def _believed(said: _Report, folder: Path, size: int) -> Drawn:
    if said.source is None:
        raise PictureRefused(said.reason, said.message[:MESSAGE_LENGTH_MAX])
    source = ImageSource(
        format=said.source.format,
        bytes=size,
        width=said.source.width,
        height=said.source.height,
    )
    files = tuple(_file(rendition, folder) for rendition in said.renditions)
    if tuple(file.use for file in files) != USES:
        raise PictureRefused("broken_image", "the decoder did not draw every rendition")
    return Drawn(source, files)


def _file(rendition: _Rendition, folder: Path) -> DrawnFile:
    use, _, suffix = rendition.file.partition(".")
    media_type = _SUFFIXES.get(suffix)
    path = folder / rendition.file
    if use != rendition.use or media_type is None or path.is_symlink():
        raise PictureRefused("broken_image", "the decoder named a file of its own")
    content = path.read_bytes()
    if not content.startswith(_MAGIC[media_type]):
        raise PictureRefused("broken_image", "the decoder wrote something else than a picture")
    return DrawnFile(
        use=rendition.use,
        path=path,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        width=rendition.width,
        height=rendition.height,
    )
