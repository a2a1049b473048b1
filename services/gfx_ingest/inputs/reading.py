"""Read one file so that torn content is noticed: its look is the same before and after."""

import hashlib
import os
import stat
from pathlib import Path

import msgspec

from services.gfx_ingest.inputs.folder import Look

# Held in memory while a content is only fingerprinted.
CHUNK_BYTES = 1024 * 1024


class Content(msgspec.Struct, frozen=True):
    """Bytes of a file and their SHA-256 in hex."""

    data: bytes
    sha256: str


def read(root: Path, path: str, look: Look) -> Content | None:
    """The whole content, or None if the file is not what was looked at, or moved while read."""
    chunks: list[bytes] = []
    digest = _read(root, path, look, chunks)
    return Content(b"".join(chunks), digest) if digest else None


def fingerprint(root: Path, path: str, look: Look) -> str | None:
    """The SHA-256 of the content without keeping it; None as for `read`."""
    return _read(root, path, look, None)


def _read(root: Path, path: str, look: Look, keep: list[bytes] | None) -> str | None:
    place = root / path
    try:
        if not place.resolve(strict=True).is_relative_to(root.resolve(strict=True)):
            return None  # a folder on the way became a link since the scan, which will refuse it
        handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode) or Look.of(seen) != look:
            return None
        digest = hashlib.sha256()
        left = look.size
        # One byte more than expected is asked for, so growth while reading is noticed. What is kept
        # is read in one piece where the system can: joining pieces would hold them twice.
        while chunk := os.read(handle, left + 1 if keep is not None else CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                return None
            digest.update(chunk)
            if keep is not None:
                keep.append(chunk)
        return digest.hexdigest() if _unmoved(handle, place, look) and left == 0 else None
    except OSError:
        return None
    finally:
        os.close(handle)


def _unmoved(handle: int, place: Path, look: Look) -> bool:
    """Whether the open file and what now has its name still look the same."""
    return Look.of(os.fstat(handle)) == look == Look.of(place.stat(follow_symlinks=False))
