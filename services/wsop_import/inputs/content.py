"""One content: its bytes in a temporary file of ours, which nobody rewrites while it is read."""

import codecs
import hashlib
import tempfile
from datetime import datetime
from typing import BinaryIO

import msgspec

from services.wsop_import.inputs.errors import BadFile

CHUNK_BYTES = 256 * 1024
# First bytes of the files of spreadsheet programs, whatever their name.
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class TooLarge(Exception):
    """A content is over the limit of bytes."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A content and where it is from. `path` is below the import folder, or an address.

    `content_at` is the source's own time of it, UTC. Close it after use.
    """

    handle: BinaryIO
    path: str
    sha256: str
    bytes: int
    content_at: datetime

    def close(self) -> None:
        """The temporary file is gone."""
        self.handle.close()


class Spool:
    """Collects a content piece by piece. Raises TooLarge behind `bytes_max`."""

    def __init__(self, bytes_max: int) -> None:
        """An empty one."""
        self._handle = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this call
        self._digest = hashlib.sha256()
        self._bytes = 0
        self._bytes_max = bytes_max

    def add(self, piece: bytes) -> None:
        """The next piece."""
        self._bytes += len(piece)
        if self._bytes > self._bytes_max:
            raise TooLarge(f"it has more than {self._bytes_max} bytes")
        self._digest.update(piece)
        self._handle.write(piece)

    def close(self) -> None:
        """It is not wanted after all."""
        self._handle.close()

    def content(self, path: str, content_at: datetime) -> Content:
        """What was collected."""
        self._handle.flush()
        return Content(
            handle=self._handle,
            path=path,
            sha256=self._digest.hexdigest(),
            bytes=self._bytes,
            content_at=content_at,
        )


def check_text(content: Content) -> int:
    """Length of the byte order mark, 0 or 3. Raises BadFile for what is empty or not UTF-8."""
    if content.bytes == 0:
        raise BadFile("empty", "the file is empty", "byte 0", again=True)
    content.handle.seek(0)
    head = content.handle.read(len(codecs.BOM_UTF8))
    if head + content.handle.read(1) in SPREADSHEETS:
        raise BadFile("bad_encoding", "it is a spreadsheet; it must be exported as CSV", "byte 0")
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise BadFile("bad_encoding", "the file is UTF-16, not UTF-8", "byte 0")
    content.handle.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    while piece := content.handle.read(CHUNK_BYTES):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=done + len(piece) == content.bytes)
        except UnicodeDecodeError as error:
            place = done - waiting + error.start
            raise BadFile(
                "bad_encoding",
                f"byte {place} is not UTF-8 ({error.reason})",
                f"byte {place}",
                again=place + 4 >= content.bytes,
            ) from error
        done += len(piece)
    return len(codecs.BOM_UTF8) if head == codecs.BOM_UTF8 else 0
