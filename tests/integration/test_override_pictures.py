"""Foreign pictures: what is refused, what is drawn anew, and what that costs.

Every file is made here; the decoder runs as the child process it always is.
"""

import resource
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

import pytest
from PIL import Image, ImageChops

from contracts.people.storage import UPLOAD_BYTES_MAX
from services.override.outputs import decoder
from services.override.outputs.pictures import (
    USES,
    Drawn,
    Painter,
    PictureRefused,
)
from tests.support.people import chunk, gradient, icc, png, saved, with_exif
from tests.support.pictures import COSTLY, largest, pixel_bomb, text_bomb, thousand_scans

MIB = 1024 * 1024
# Child and interpreter: what a bomb may take at most.
MEMORY_MAX = 256 * MIB
# Processor seconds of a child; its own limit ends it a little below.
CPU_S_MAX = 1.0
TAIL = b"<html><script>alert('here')</script></html>"
ZIP = b"PK\x03\x04" + b"\0" * 26 + b"evil.js" + b"PK\x05\x06" + b"\0" * 18
# Decodes its upload as the service would and then says what that took.
MEASURE = f"""
import resource, runpy, sys, time
sys.argv = ["decoder", *sys.argv[1:]]
try:
    runpy.run_path({decoder.__file__!r}, run_name="__main__")
finally:
    status = open("/proc/self/status").read()
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stderr.write(f"{{peak}} {{time.process_time()}}")
"""


@pytest.fixture
def draw(tmp_path: Path) -> Callable[[bytes], object]:
    """Draw one upload, like the service does."""

    async def one(data: bytes) -> Drawn:
        return await Painter().draw(data, Path(mkdtemp(dir=tmp_path)))

    return one


def looked(drawn: Drawn, use: str = "master") -> Image.Image:
    """One rendition, opened again."""
    image = Image.open(BytesIO(content(drawn, use)))
    image.load()
    return image


def content(drawn: Drawn, use: str = "master") -> bytes:
    return next(file for file in drawn.files if file.use == use).path.read_bytes()


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures show the same, JPEG apart."""
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(high for _, high in difference.getextrema()) < 40


async def test_a_picture_becomes_three_jpegs_of_known_size(draw) -> None:
    drawn = await draw(saved(gradient(3000, 1500), "PNG"))
    assert (drawn.source.format, drawn.source.width, drawn.source.height) == ("png", 3000, 1500)
    assert tuple(file.use for file in drawn.files) == USES
    sizes = [(file.width, file.height) for file in drawn.files]
    assert sizes == [(1440, 720), (1080, 540), (256, 256)]
    for file in drawn.files:
        image = looked(drawn, file.use)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (file.width, file.height))
        assert file.media_type == "image/jpeg"
        assert file.bytes == file.path.stat().st_size


async def test_a_small_picture_is_never_enlarged(draw) -> None:
    drawn = await draw(saved(gradient(30, 50), "PNG"))
    assert [(f.width, f.height) for f in drawn.files] == [(30, 50), (30, 50), (30, 30)]


async def test_one_pixel_is_a_picture(draw) -> None:
    drawn = await draw(saved(gradient(1, 1), "PNG"))
    assert [(f.width, f.height) for f in drawn.files] == [(1, 1)] * 3


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_each_format_is_told_by_its_content_and_shows_the_same(draw, form: str) -> None:
    drawn = await draw(saved(gradient(), form))
    assert drawn.source.format == form.lower()
    assert alike(looked(drawn), gradient())


async def test_the_same_upload_gives_the_same_bytes(draw) -> None:
    data = saved(gradient(), "PNG")
    one, other = await draw(data), await draw(data)
    assert [f.sha256 for f in one.files] == [f.sha256 for f in other.files]


# Refused, with the word for it.
REFUSED = {
    "pixel bomb": (pixel_bomb, "too_many_pixels"),
    "claimed bomb": (lambda: png(2**31 - 1, 2**31 - 1, b"\0"), "too_many_pixels"),
    "one over the limit": (lambda: saved(Image.new("1", (4001, 4000)), "PNG"), "too_many_pixels"),
    "WebP over its limit": (
        lambda: saved(Image.new("RGB", (3300, 3200)), "WEBP", lossless=True),
        "too_many_pixels",
    ),
    "one by a hundred thousand": (lambda: png(1, 100_000, b"\0\0" * 100_000), "too_many_pixels"),
    "a hundred thousand by one": (lambda: png(100_000, 1, b"\0" * 100_001), "too_many_pixels"),
    "head claims more than there is": (lambda: png(900, 900, b"\0" * 100), "broken_image"),
    "no pixels": (lambda: png(0, 5, b""), "not_an_image"),
    "text bomb": (text_bomb, "broken_image"),
    "empty": (lambda: b"", "no_pixels"),
    "cut PNG": (lambda: saved(gradient(300, 300), "PNG")[:-900], "broken_image"),
    "cut JPEG": (lambda: saved(gradient(300, 300), "JPEG")[:2000], "broken_image"),
    "cut WebP": (lambda: saved(gradient(300, 300), "WEBP")[:200], "broken_image"),
    "head only": (lambda: saved(gradient(), "PNG")[:20], "broken_image"),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "not_an_image"),
    "GIF": (lambda: saved(gradient(), "GIF"), "not_an_image"),
    "TIFF": (lambda: saved(gradient(), "TIFF"), "not_an_image"),
    "BMP": (lambda: saved(gradient(), "BMP"), "not_an_image"),
    "HTML": (lambda: TAIL, "not_an_image"),
    "HTML before a PNG": (lambda: TAIL + saved(gradient(), "PNG"), "not_an_image"),
    "noise": (lambda: bytes(range(256)) * 40, "not_an_image"),
    "too many bytes": (lambda: b"\0" * (UPLOAD_BYTES_MAX + 1), "too_many_bytes"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
async def test_what_is_no_picture_is_refused_with_a_sentence(draw, make, reason: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        await draw(make())
    assert refused.value.refusal.reason == reason
    assert refused.value.refusal.code == "invalid"
    assert len(refused.value.refusal.message.split()) > 2


# Drawn anew, and nothing of these is left.
POLYGLOTS = {
    "PNG then HTML": lambda: saved(gradient(), "PNG") + TAIL,
    "PNG then ZIP": lambda: saved(gradient(), "PNG") + ZIP,
    "JPEG then script": lambda: saved(gradient(), "JPEG") + TAIL,
    "WebP then ZIP": lambda: saved(gradient(), "WEBP") + ZIP,
    "JPEG comment": lambda: saved(gradient(), "JPEG", comment=TAIL),
    "PNG text": lambda: png(8, 8, b"\0" * 72, chunk(b"tEXt", b"Comment\0" + TAIL)),
    "PNG private chunk": lambda: png(8, 8, b"\0" * 72, chunk(b"evIl", TAIL + ZIP)),
    "PNG palette of text": lambda: _palette_of(TAIL),
}


def _palette_of(text: bytes) -> bytes:
    image = Image.new("P", (16, 16))
    image.putpalette(text.ljust(768, b"\0"))
    return saved(image, "PNG")


@pytest.mark.parametrize("make", POLYGLOTS.values(), ids=POLYGLOTS)
async def test_a_second_file_inside_a_picture_is_gone(draw, make) -> None:
    drawn = await draw(make())
    for file in drawn.files:
        kept = file.path.read_bytes()
        assert b"script" not in kept
        assert b"evil.js" not in kept
        assert b"PK\x03\x04" not in kept
        assert kept.endswith(b"\xff\xd9")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_turned_picture_is_upright_and_says_nothing_of_its_camera(
    draw, form: str, orientation: int
) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    exif = with_exif(orientation)
    drawn = await draw(saved(gradient(), form, exif=exif))
    turn = turns.get(orientation)
    upright = gradient() if turn is None else gradient().transpose(turn)
    assert alike(looked(drawn), upright)
    for use in USES:
        image = looked(drawn, use)
        assert not image.getexif()
        assert b"Exif" not in content(drawn, use)
        assert b"Secretphone" not in content(drawn, use)


async def test_a_colour_profile_is_applied_or_dropped_and_never_kept(draw) -> None:
    for profile in (icc(), b"not a profile at all"):
        drawn = await draw(saved(gradient(), "JPEG", icc_profile=profile))
        assert "icc_profile" not in looked(drawn).info
        assert b"ICC_PROFILE" not in content(drawn)


async def test_a_cmyk_jpeg_becomes_colours_of_a_screen(draw) -> None:
    drawn = await draw(saved(gradient(mode="CMYK"), "JPEG", quality=95))
    assert looked(drawn).mode == "RGB"
    assert alike(looked(drawn), gradient())


async def test_sixteen_bits_keep_their_upper_half(draw) -> None:
    deep = Image.new("I;16", (20, 20), 40_000)
    drawn = await draw(saved(deep, "PNG"))
    assert looked(drawn).getpixel((5, 5)) == pytest.approx((156, 156, 156), abs=2)


async def test_a_transparent_palette_stays_transparent(draw) -> None:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 20, 40))
    drawn = await draw(saved(image, "PNG", transparency=0))
    kept = looked(drawn)
    assert (kept.format, kept.mode) == ("PNG", "RGBA")
    assert kept.getpixel((5, 5))[3] == 0
    assert kept.getpixel((35, 5)) == (0, 0, 255, 255)
    assert drawn.files[0].media_type == "image/png"
    assert set(_chunks(content(drawn))) == {b"IHDR", b"IDAT", b"IEND"}


def _chunks(data: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        found.append(data[at + 4 : at + 8])
        at += 12 + length
    return found


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
async def test_every_kind_of_pixel_is_drawn(draw, mode: str) -> None:
    drawn = await draw(saved(gradient(mode=mode), "PNG"))
    assert looked(drawn).mode == "RGB"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_of_an_animation_only_the_first_frame_is_kept(draw, form: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=40)
    drawn = await draw(data)
    kept = looked(drawn)
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)


@pytest.mark.parametrize("make", COSTLY.values(), ids=COSTLY)
def test_no_upload_costs_more_than_its_limits(make, tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(make())
    (tmp_path / "drawn").mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, tmp_path / "upload", tmp_path / "drawn"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert cpu_s <= CPU_S_MAX + 0.1  # the kernel looks at the clock now and then
    if child.returncode == 0:
        assert int(child.stderr.split()[0]) * 1024 <= MEMORY_MAX
    assert decoder.ADDRESS_SPACE_MAX <= MEMORY_MAX


async def test_thelargest_allowed_picture_is_drawn(draw) -> None:
    assert (await draw(largest("RGB"))).files[0].width == decoder.MASTER_EDGE


async def test_a_picture_that_takes_too_long_is_refused(draw) -> None:
    with pytest.raises(PictureRefused) as refused:
        await draw(thousand_scans())
    assert refused.value.refusal.reason == "too_costly"


async def test_a_child_sees_nothing_of_its_parents_environment(
    draw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text("import json, os; print(json.dumps({'reason': str(dict(os.environ))}))")
    monkeypatch.setenv("RAILCAST_NATS_PASSWORD", "hush")
    monkeypatch.setattr(decoder, "__file__", str(spy))
    with pytest.raises(PictureRefused) as refused:
        await draw(saved(gradient(), "PNG"))
    assert "hush" not in refused.value.refusal.reason


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "print('[]')",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        """print('{"source":{"format":"png","width":1,"height":1}}')""",
        """print('{"source":{"format":"png","width":1,"height":1},"renditions":'
           '[{"use":"master","file":"../upload","width":1,"height":1}]}')""",
        """import json
renditions = []
for use in ("master", "broadcast", "thumbnail"):
    open(f"{use}.png", "w").write("<svg/>")
    renditions.append({"use": use, "file": f"{use}.png", "width": 1, "height": 1})
source = {"format": "png", "width": 1, "height": 1}
print(json.dumps({"source": source, "renditions": renditions}))""",
    ],
)
async def test_a_child_that_was_taken_over_is_not_believed(
    draw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(program)
    monkeypatch.setattr(decoder, "__file__", str(broken))
    with pytest.raises(PictureRefused) as refused:
        await draw(saved(gradient(), "PNG"))
    assert refused.value.refusal.reason == "broken_image"
