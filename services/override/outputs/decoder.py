"""Decode one foreign picture and write it anew. A program of its own: see `pictures`.

It runs in a child process without rights worth having, because a decoder is the part most likely
to be broken by what it reads. Nothing of ours is imported. It takes limits on itself before it
looks at the first byte, refuses what claims to be too large before decoding it, and ends with one
JSON object on standard output: what was found, or the reason of the refusal.
"""

import json
import resource
import signal
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

# Bytes of address space: the largest picture allowed below, decoded, with the program around it.
ADDRESS_SPACE_MAX = 256 * 1024 * 1024
# Seconds of processor time for one picture; the largest allowed takes about half of it.
CPU_S_MAX = 0.9
# The kernel's own limit counts whole seconds and only backs up the one above.
CPU_S_HARD = 2
# Bytes of one written file: a picture of the sizes below has a tenth of it.
FILE_BYTES_MAX = 16 * 1024 * 1024
FILES_OPEN_MAX = 32
# A still of any camera that a player page would use; more is for posters, or a bomb.
PIXELS_MAX = 16_000_000
# Its decoder holds four copies of the picture.
WEBP_PIXELS_MAX = 10_000_000
EDGE_MAX = 8192
# The longest edge that is kept: a graphic of full height, with headroom for a crop.
MASTER_EDGE = 1440
BROADCAST_EDGE = 1080
THUMBNAIL_EDGE = 256
JPEG_QUALITY = 92
FORMATS = ("PNG", "JPEG", "WEBP")
ORIENTATION = 0x0112


class Refused(Exception):
    """This is no picture we keep: a word for programs, a sentence for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def limit() -> None:
    """Take limits on this process; a program that goes over them dies."""
    for kind, most in (
        (resource.RLIMIT_AS, ADDRESS_SPACE_MAX),
        (resource.RLIMIT_CPU, CPU_S_HARD),
        (resource.RLIMIT_FSIZE, FILE_BYTES_MAX),
        (resource.RLIMIT_NOFILE, FILES_OPEN_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    signal.setitimer(signal.ITIMER_PROF, CPU_S_MAX)


def opened(data: bytes) -> Any:
    """The picture with only its head read. Raises Refused."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise Refused("not_an_image", "the file is no PNG, JPEG or WebP picture") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused("too_many_pixels", f"a picture has at most {PIXELS_MAX} pixels") from error
    width, height = image.size
    if width < 1 or height < 1:
        raise Refused("no_pixels", "the picture has no pixels")
    most = WEBP_PIXELS_MAX if image.format == "WEBP" else PIXELS_MAX
    if max(width, height) > EDGE_MAX or width * height > most:
        raise Refused(
            "too_many_pixels",
            f"the picture is {width} x {height}; an edge has at most {EDGE_MAX} pixels and the "
            f"whole at most {most}",
        )
    return image


def decoded(image: Any) -> Any:
    """The first frame in sRGB with 8 bits, upright, at most `MASTER_EDGE` wide and high."""
    from PIL import Image, ImageOps

    if image.format in ("JPEG", "MPO"):
        # Lets the decoder throw away what the reduction below would throw away after it.
        image.draft(None, (MASTER_EDGE, MASTER_EDGE))
    orientation = image.getexif().get(ORIENTATION, 1)
    profile = image.info.get("icc_profile")
    image.load()
    picture = _eight_bits(image)
    picture = _blendable(picture)
    # Twice: first whole pixels are averaged, which is cheap, then the rest is done well.
    picture.thumbnail((MASTER_EDGE, MASTER_EDGE), Image.Resampling.HAMMING, reducing_gap=1.0)
    picture = _srgb(picture, profile)
    # Pixels only: whatever else the file said stays behind.
    upright = Image.new(picture.mode, picture.size)
    upright.paste(picture)
    if orientation != 1:
        upright.getexif()[ORIENTATION] = orientation
        ImageOps.exif_transpose(upright, in_place=True)
    return upright


def _eight_bits(image: Any) -> Any:
    """Sixteen bits to a pixel become eight, by their upper half."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image


def _blendable(image: Any) -> Any:
    """A mode whose pixels may be mixed: a palette's numbers may not."""
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _srgb(image: Any, profile: bytes | None) -> Any:
    """Colours as a screen shows them; a profile that cannot be read is left out."""
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image if image.mode == mode else image.convert(mode)


def write(picture: Any, folder: Path) -> list[dict[str, Any]]:
    """Write the renditions of a decoded picture; returns what each one is."""
    from PIL import Image, ImageOps

    edge = min(THUMBNAIL_EDGE, *picture.size)
    lanczos = Image.Resampling.LANCZOS
    smaller = (min(BROADCAST_EDGE, max(picture.size)),) * 2
    broadcast = ImageOps.contain(picture, smaller, lanczos)
    forms = {
        "master": picture,
        "broadcast": broadcast,
        "thumbnail": ImageOps.fit(broadcast, (edge, edge), lanczos),
    }
    opaque = picture.mode == "RGB" or picture.getextrema()[3][0] == 255
    return [_write(use, form, folder, opaque) for use, form in forms.items()]


def _write(use: str, form: Any, folder: Path, opaque: bool) -> dict[str, Any]:
    name = f"{use}.{'jpg' if opaque else 'png'}"
    with (folder / name).open("xb") as file:
        if opaque:
            form.convert("RGB").save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        else:
            form.save(file, "PNG")
    return {"use": use, "file": name, "width": form.width, "height": form.height}


def report(upload: Path, folder: Path) -> dict[str, Any]:
    """Decode and write; what was found, or why not."""
    data = upload.read_bytes()
    try:
        image = opened(data)
        source = {
            "format": {"MPO": "jpeg"}.get(image.format, image.format.lower()),
            "width": image.width,
            "height": image.height,
        }
        return {"source": source, "renditions": write(decoded(image), folder)}
    except Refused as refused:
        return {"reason": refused.reason, "message": refused.message}
    except MemoryError:
        return {"reason": "too_costly", "message": "decoding the picture takes too much memory"}
    except Exception as error:  # noqa: BLE001  # a decoder may raise anything on foreign bytes
        return {"reason": "broken_image", "message": f"the picture cannot be decoded: {error}"}


def main() -> None:
    """Arguments: the uploaded file, an empty folder for the renditions."""
    limit()
    sys.stdout.write(json.dumps(report(Path(sys.argv[1]), Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
