"""People, what is said about them, and pictures of nobody, for tests."""

import csv
import io
import json
import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image, ImageCms

from contracts.messages.override import (
    ImageAdded,
    ImageSource,
    LinkEvidence,
    LinkSuggested,
    OverrideSet,
    Rendition,
)
from contracts.messages.override_commands import SetOverride, SuggestLink
from contracts.people.records import Identity, Player
from contracts.poker.identity import player_hash
from tests.support.gfx_files import real_data

NOW = datetime(2031, 3, 1, 19, 0, tzinfo=UTC)
ANNA = "g-5f4dcc3b5aa765d61d8327deb882cf99"
EVIDENCE = LinkEvidence(
    rule="same_key",
    gfx_name="Vyborna",
    gfx_long_name="Anna Vyborna",
    player_name="ANNA VÝBORNÁ",
    similarity=100,
)


def identity(name: str, long_name: str = "") -> Identity:
    return Identity(player_hash=player_hash(name, long_name), name=name, long_name=long_name)


def player(player_id: str, name: str) -> Player:
    return Player(player_id=player_id, name=name)


def set_override(**changes: Any) -> SetOverride:
    values = {
        "person_id": ANNA,
        "override_id": "o1",
        "field": "name",
        "value": "Anna Výborná",
        "reason": "her own spelling",
    }
    return SetOverride(**(values | changes))


def override_set(**changes: Any) -> OverrideSet:
    values = {
        "person_id": ANNA,
        "override_id": "o1",
        "field": "name",
        "value": "Anna Výborná",
        "object": None,
        "reason": "her own spelling",
        "priority": 100,
        "valid_from": None,
        "valid_until": None,
        "created_at": NOW,
        "phase": "effective",
    }
    return OverrideSet(**(values | changes))


def suggest(**changes: Any) -> SuggestLink:
    values = {
        "person_id": ANNA,
        "wsop_player_id": "P7",
        "confidence": 98,
        "method": "normalised",
        "evidence": EVIDENCE,
    }
    return SuggestLink(**(values | changes))


def suggested(**changes: Any) -> LinkSuggested:
    asked = suggest(**changes)
    return LinkSuggested(**{name: getattr(asked, name) for name in asked.__struct_fields__})


def rendition(use: str = "master", **changes: Any) -> Rendition:
    values = {
        "use": use,
        "object": f"people/{ANNA}/images/{use}.jpg",
        "sha256": "a" * 64,
        "media_type": "image/jpeg",
        "bytes": 1000,
        "width": 300,
        "height": 400,
    }
    return Rendition(**(values | changes))


SOURCE = ImageSource(format="png", bytes=2000, width=300, height=400)


def image_added(**changes: Any) -> ImageAdded:
    values = {
        "person_id": ANNA,
        "image_id": "i1",
        "image_type": "profile",
        "source": SOURCE,
        "renditions": (rendition(),),
        "note": "",
    }
    return ImageAdded(**(values | changes))


def real_identities() -> list[Identity]:
    """Every identity of the real exports; skips the test where they are absent."""
    found = {}
    for path in sorted((real_data() / "table-GG").rglob("*.json")):
        for hand in json.loads(path.read_bytes())["Hands"]:
            for seat in hand["Players"]:
                one = identity(seat["Name"], seat["LongName"])
                found.setdefault(one.player_hash, one)
    return list(found.values())


def real_players() -> list[Player]:
    """The players of the platform's real file."""
    listed = json.loads(_wsop("Players.json"))["players"]
    return [player(each["wsop_player_id"], each["name"]) for each in listed]


def real_links() -> dict[str, str]:
    """Who is who, as somebody who knows wrote it down: player hash to player id."""
    rows = csv.DictReader(io.StringIO(_wsop("links.csv")))
    return {
        player_hash(row["gfx_name"], row["gfx_long_name"]): row["wsop_player_id"] for row in rows
    }


def _wsop(name: str) -> str:
    path = real_data().parent / "wsop" / name
    if not path.is_file():
        pytest.skip(f"no {path}; set RAILCAST_SHARED_DATA")
    return path.read_text()


# Pictures of nobody, made here; none is stored in the repository.


def gradient(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Dark on the left, light on the right, red below: every turn of it can be seen."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (down, across, across)).convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def with_exif(orientation: int = 6) -> Image.Exif:
    """What a telephone adds: who turned it how, and where that was."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secretphone"
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 30.0, 0.0), 3: "E", 4: (11.0, 20.0, 0.0)})
    return exif


def icc() -> bytes:
    """A colour profile that is not the screen's."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, pixels: bytes, extra: bytes = b"") -> bytes:
    """A grey PNG by hand, so that its head may lie about the rest."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", zlib.compress(pixels, 9))
        + chunk(b"IEND", b"")
    )
