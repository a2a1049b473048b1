"""Bytes of an export file to a Snapshot, or a named reason why not. Pure.

A file is taken whole or not at all: a figure from half a file could go on air. What is malformed
may only be half written, so those reasons ask for another look (`again`).
"""

import codecs
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from contracts import codec
from contracts.messages.gfx import FileSource
from services.gfx_ingest.domain import Snapshot, ToldHand
from services.gfx_ingest.inputs.errors import BadFile
from services.gfx_ingest.inputs.record import hand_of, moment_ticks
from services.gfx_ingest.inputs.source import SourceExport, SourceHand, SourceOutline

__all__ = ["BadFile", "Origin", "id_in_name", "parse"]

# An export is six levels deep; the margin is for later versions of the program.
DEPTH_MAX = 32
# Large contents are looked through in parts of this size, because text costs more memory as text
# than as bytes. What is smaller cannot fill the memory, whatever it holds.
PART_BYTES = 1024 * 1024
# The largest real game has 173 hands. All of them must be named by one message that lacks them.
HANDS_MAX = 10_000
# A real hand has 5 KB. Foreign keys of one hand must not fill the memory while it is hashed.
HAND_BYTES_MAX = 1024 * 1024
# Room in a message for what stands beside the hand, a path of the longest kind among it.
BESIDE_HAND_BYTES = 16 * 1024
# Everything but the hands: real files have 300 bytes of it, and space between hands.
BESIDE_HANDS_BYTES_MAX = 64 * 1024
BESIDE_EACH_HAND_BYTES_MAX = 64

# The words the program uses; what is none of them is told as UNKNOWN.
TABLE_TYPES = frozenset({"FEATURE_TABLE", "FINAL_TABLE", "MAIN_TABLE", "SIDE_TABLE"})

_BOM = b"\xef\xbb\xbf"
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TO_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)
_ID_IN_NAME = re.compile(r"GameID=([0-9]+)")
_AT = re.compile(r" - at `\$(.*)`\Z")

_exports = msgspec.json.Decoder(SourceExport)
_outlines = msgspec.json.Decoder(SourceOutline)
_hands = msgspec.json.Decoder(SourceHand)
_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_anything = msgspec.json.Decoder()


class Origin(msgspec.Struct, frozen=True):
    """Where bytes come from: the table of the folder, the path below it, their SHA-256."""

    table: str
    path: str
    sha256: str


def parse(data: bytes, origin: Origin, depth_max: int = DEPTH_MAX) -> Snapshot:
    """The content of one export file, hands by start ticks.

    Raises BadFile with one of the codes empty, truncated, not_json (all three `again`), not_utf8,
    too_deep, bad_text, repeated_key, missing_field, wrong_type, out_of_range, wrong_value,
    duplicate_seat, duplicate_hand, name_mismatch.
    """
    size = len(data)
    data = data.removeprefix(_BOM)
    _check_text(data)
    _check_brackets(data, depth_max)
    export = _decode(_exports.decode, data, "")
    _check_name(origin.path, str(export.id))
    _ticks(utc_to_ticks, export.created_date_time_utc, ".CreatedDateTimeUTC")
    told, canonical = _told_hands(export.hands)
    # Equal to its own canonical form, a text has no key twice; only others need the slow look.
    if not canonical or codec.canonical(_decode(_objects.decode, data, "")) != data:
        _check_keys(data)
    return Snapshot(
        game_id=str(export.id),
        table=origin.table,
        table_type=export.type if export.type in TABLE_TYPES else "UNKNOWN",
        created_utc=export.created_date_time_utc,
        software=export.software_version or "",
        event_title=export.event_title or "",
        source=FileSource(path=origin.path, sha256=origin.sha256),
        bytes=size,
        hands=_ordered(told),
    )


def _check_text(data: bytes) -> None:
    if not data.strip():
        raise BadFile("empty", "the file has no content", again=True)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.end == len(data):
            raise BadFile("truncated", "the file ends inside a character", again=True) from error
        raise BadFile("not_utf8", f"byte {error.start} is not UTF-8: {error.reason}") from error
    if b"\x00" in data:
        raise BadFile("not_json", "the file holds NUL bytes", again=True)
    if b"\\u0000" in data and _NUL.search(data):
        raise BadFile("bad_text", "a text holds the character NUL, which cannot be stored")


def _check_brackets(data: bytes, depth_max: int) -> None:
    """Refuse deep nesting before any parser recurses, and tell a cut-off file from a wrong one."""
    brackets = _brackets(data)
    for _ in range(depth_max):
        brackets = brackets.replace(b"[]", b"")  # one level
    if b"[]" in brackets or brackets.count(b"[") > depth_max:
        raise BadFile("too_deep", f"objects are nested more than {depth_max} levels deep")
    if b"[" in brackets:
        raise BadFile("truncated", "the file ends inside an object", again=True)


def _brackets(data: bytes) -> bytes:
    """All brackets outside of texts, curly ones as square ones; in parts, to save memory."""
    kept: list[bytes] = []
    start, size = 0, PART_BYTES
    while start < len(data):
        part = data[start : start + size]
        rest = _STRINGS.sub(b"", part)
        quote = rest.find(b'"')
        if quote < 0:
            start, size = start + len(part), PART_BYTES
        else:  # a text that the part cuts off begins here: the next part starts with it
            inside = len(rest) - quote
            ended = start + len(part) == len(data)
            if inside == len(part) and not ended:
                size *= 2
                continue
            start = len(data) if ended else start + len(part) - inside
            rest = rest[:quote]
        kept.append(rest.translate(_TO_BRACKETS, _NOT_BRACKETS).translate(_TO_BRACKETS))
    return b"".join(kept)


def _decode[T](decode: Callable[[bytes], T], data: bytes | msgspec.Raw, at: str) -> T:
    """Decode JSON; `at` is the JSON path of the data below `$`."""
    try:
        return decode(data)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), at) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if _LONE_SURROGATE.search(bytes(data)):
            raise BadFile("bad_text", f"${at}: a text holds half a surrogate pair") from error
        raise BadFile("not_json", f"${at}: {error}", again=True) from error


def _invalid(message: str, at: str) -> BadFile:
    found = _AT.search(message)
    where = f"${at}{found[1] if found else ''}"
    what = message[: found.start()] if found else message
    if "missing required field" in what:
        return BadFile("missing_field", f"{where}: {what}")
    if "out of range" in what or "<=" in what or ">=" in what:
        return BadFile("out_of_range", f"{where}: {what}")
    return BadFile("wrong_type", f"{where}: {what}")


def id_in_name(path: str) -> str:
    """The game id a file is named for, empty if its name says none."""
    found = _ID_IN_NAME.search(path.rpartition("/")[2])
    return found[1] if found else ""


def _check_name(path: str, game_id: str) -> None:
    """The name and the content both say which game it is; if they differ, one of them lies."""
    named = id_in_name(path)
    if named not in ("", game_id):
        raise BadFile("name_mismatch", f"the file is named for game {named}, $.ID is {game_id}")


def _check_keys(data: bytes) -> None:
    def refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            repeated = next(key for key in keys if keys.count(key) > 1)
            raise BadFile("repeated_key", f"an object has the key {repeated!r} twice")

    # Numbers are not looked at: Python's own limit on digits must not decide here.
    json.loads(data, object_pairs_hook=refuse_repeated, parse_int=len, parse_float=len)


def _told_hands(raws: Sequence[msgspec.Raw]) -> tuple[list[ToldHand], bool]:
    """Every hand with its digest, and whether all are written in the canonical form."""
    told = []
    canonical = True
    for ordinal, raw in enumerate(raws):
        at = f".Hands[{ordinal}]"
        hand = _hand(_decode(_hands.decode, raw, at), at)
        text = codec.canonical(_decode(_anything.decode, raw, at))
        canonical = canonical and text == bytes(raw)
        digest = hashlib.sha256(text).hexdigest()
        told.append(ToldHand(ordinal=ordinal, digest=digest, hand=hand))
    return told, canonical


def _ordered(told: list[ToldHand]) -> tuple[ToldHand, ...]:
    told.sort(key=lambda each: int(each.hand.start_ticks))
    for before, after in pairwise(told):
        if before.hand.start_ticks == after.hand.start_ticks:
            raise BadFile(
                "duplicate_hand",
                f"$.Hands[{before.ordinal}] and $.Hands[{after.ordinal}] start at the same moment",
            )
    return tuple(told)
