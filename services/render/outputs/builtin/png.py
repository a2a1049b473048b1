"""A fast PNG writer for RGBA pictures, and the check that what was written reads back."""

import struct
import zlib
from pathlib import Path

import av
import numpy as np
from isal import isal_zlib

from services.render.outputs.engine import EncodeFailed

type Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _RGBA, _FILTER_UP = 8, 6, 2
# Rendering intent "perceptual": the pixels are sRGB.
_SRGB_PERCEPTUAL = b"\0"
# The fastest level; flat graphics stay near 0.2 MB.
_LEVEL = 1


def encode_png(pixels: Pixels) -> bytes:
    """RGBA rows, straight alpha, as a PNG file; the same pixels give the same bytes."""
    height, width, channels = pixels.shape
    # Each row is stored as its difference to the row above: flat areas become zeros.
    rows = np.empty((height, 1 + width * channels), np.uint8)
    rows[:, 0] = _FILTER_UP
    flat = pixels.reshape(height, width * channels)
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, _RGBA, 0, 0, 0)
    body = isal_zlib.compress(rows.tobytes(), _LEVEL)
    chunks = ((b"IHDR", header), (b"sRGB", _SRGB_PERCEPTUAL), (b"IDAT", body), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def verify_png(path: Path, pixels: Pixels) -> None:
    """Decode the file with another decoder and compare every pixel.

    Raises:
        EncodeFailed: it does not decode, or not to these pixels.
    """
    try:
        with av.open(str(path)) as container:
            read = next(container.decode(video=0)).to_ndarray(format="rgba")
    except (av.FFmpegError, OSError, StopIteration) as error:
        raise EncodeFailed(f"{path.name} does not decode: {error}") from error
    if not np.array_equal(read, pixels):
        raise EncodeFailed(f"{path.name} does not decode to the picture that was drawn")
