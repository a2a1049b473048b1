"""Damage to the bytes of an export: what writers, disks and shares do to a file, and worse.

A damage is given its own randomness and decides nothing by itself, so that a seed tells the file.
"""

from collections.abc import Callable
from functools import cache
from random import Random

from deploy.simulate.export import Game, export
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.table import play
from tests.support.gfx_files import GAME_ID

BASES = 32
BASE_HANDS_MAX = 3

type Damage = Callable[[Random, bytes], bytes]


@cache
def base(number: int) -> bytes:
    """One of the undamaged exports, all of the same game, none of the same hands."""
    options = GameOptions(
        hands=1 + number % BASE_HANDS_MAX,
        kind="FINAL_TABLE" if number % 3 == 0 else "FEATURE_TABLE",
        seats=tuple(range(1, 3 + number % 9)),
        quirks=Quirks.rough() if number % 2 else Quirks(),
    )
    return export(Game(GAME_ID, options.kind), play(f"mutations {number}", options))


def truncated(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def torn(rng: Random, data: bytes) -> bytes:
    """The beginning of one write over the end of another."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + base(rng.randrange(BASES))[at:]


def spliced(rng: Random, data: bytes) -> bytes:
    other = base(rng.randrange(BASES))
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]


def concatenated(rng: Random, data: bytes) -> bytes:
    return data + rng.choice((b"", b"\n", b",", b"\x00" * 512)) + base(rng.randrange(BASES))


def piece_twice(rng: Random, data: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:end] + data[end:]


def piece_gone(rng: Random, data: bytes) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.choice((1, 2, 10, 512, 4096)) :]


def wrong_bytes(rng: Random, data: bytes) -> bytes:
    wrong = bytearray(data or b" ")
    for _ in range(rng.choice((1, 1, 2, 8))):
        wrong[rng.randrange(len(wrong))] = rng.choice(
            (0, 0x80, 0xFF, 0x22, 0x5B, rng.randrange(256))
        )
    return bytes(wrong)


def put_in(rng: Random, data: bytes) -> bytes:
    """Some bytes that mean something to a reader, anywhere."""
    bits = (
        b"\xef\xbb\xbf", b"\x00", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\\ud800", b"\\u0000",
        b"\\q", b"\x01", b"/* */", b"NaN", b"-", b"1e999", b",", b'"', b"[", b"}", b"9" * 5_000,
        b"\\", b'"Z":["\x01"],', b'"Z":["\\q"],', b'"Z":"\\ud800",', b'"\\u0049D":1,',
        b"\xe2\x80\xa8",
    )  # fmt: skip
    bit = rng.choice(bits)
    # A whole member fits only where a member begins.
    at = data.find(b'"', rng.randrange(len(data) + 1)) if bit[:1] == b'"' else -1
    at = rng.randrange(len(data) + 1) if at < 0 else at
    return data[:at] + bit + data[at:]


def other_form(rng: Random, data: bytes) -> bytes:
    """The same content as another program would write it."""
    text = data.decode("utf-8", "replace")
    forms: tuple[Callable[[], bytes], ...] = (
        lambda: b"\xef\xbb\xbf" + data,
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-16-le"),
        lambda: text.encode("utf-32"),
        lambda: data.replace(b",", b",\r\n"),
        lambda: data.replace(b":", b" :\t"),
        lambda: data + b"\r\n" * 100,
        lambda: data + b"\x00" * rng.choice((1, 4096)),
        lambda: b"\x00" * len(data),
        lambda: data[::-1],
        lambda: b"[" + data + b"]",
    )
    return rng.choice(forms)()


DAMAGES: tuple[Damage, ...] = (
    truncated, torn, spliced, concatenated, piece_twice, piece_gone, wrong_bytes, put_in,
    other_form,
)  # fmt: skip
