"""Uploads made to cost a decoder as much as can be; each is a function, for they are large."""

import zlib
from collections.abc import Callable

from PIL import Image

from tests.support.people import chunk, gradient, png, saved


def pixel_bomb() -> bytes:
    """Sixty-four million pixels in a few kilobytes."""
    return saved(Image.new("1", (8000, 8000)), "PNG")


def text_bomb() -> bytes:
    """A small picture with a text that unpacks to 80 MiB."""
    return png(
        8, 8, b"\0" * 72, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 80 * 1024 * 1024, 1))
    )


def thousand_scans() -> bytes:
    """A JPEG that says its last scan a thousand times: little to read, much to do."""
    data = saved(gradient(2000, 2000), "JPEG", progressive=True, quality=30)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * 1000 + b"\xff\xd9"


def largest(mode: str, form: str = "PNG", **options: object) -> bytes:
    """A picture of as many pixels as one may have."""
    return saved(Image.new(mode, (4000, 4000)), form, **options)


# What costs a decoder most: of some all is refused, of others all is drawn.
COSTLY: dict[str, Callable[[], bytes]] = {
    "pixel bomb": pixel_bomb,
    "text bomb": text_bomb,
    "largest PNG": lambda: largest("RGB"),
    "largest transparent PNG": lambda: largest("RGBA"),
    "largest palette": lambda: largest("P", transparency=0),
    "largest deep PNG": lambda: largest("I;16"),
    "largest progressive JPEG": lambda: largest("RGB", "JPEG", progressive=True, subsampling=0),
    "largest CMYK JPEG": lambda: largest("CMYK", "JPEG", progressive=True),
    "largest WebP": lambda: saved(Image.new("RGBA", (3200, 3100)), "WEBP", lossless=True),
    "thousand scans": thousand_scans,
}
