"""Bytes of an export file to a Snapshot, or a named reason why not. Pure.

A file is taken whole or not at all: a figure from half a file could go on air. What is malformed
may only be half written, so those reasons ask for another look (`again`).
"""

import codecs
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec

from contracts import codec
from contracts.messages.gfx import FileSource
from contracts.poker.hand import Hand
from services.gfx_ingest.domain import Snapshot, ToldHand
from services.gfx_ingest.domain.importing import HANDS_MAX
from services.gfx_ingest.inputs.errors import BadFile
from services.gfx_ingest.inputs.record import hand_of, moment_ticks
from services.gfx_ingest.inputs.source import SourceExport, SourceHand, SourceOutline

__all__ = ["HANDS_MAX", "BadFile", "Origin", "id_in_name", "parse"]

# An export is six levels deep; the margin is for later versions of the program.
DEPTH_MAX = 32
# Large contents are looked through in parts of this size, because text costs more memory as text
# than as bytes. What is smaller cannot fill the memory, whatever it holds.
PART_BYTES = 1024 * 1024
# A real hand has 5 KB. Foreign keys of one hand must not fill the memory while it is hashed.
HAND_BYTES_MAX = 1024 * 1024
# Room in a message for what stands beside the hand, a path of the longest kind among it.
BESIDE_HAND_BYTES = 16 * 1024
# Most that a record of ours grows beyond the source's object: a seat told in the fewest words.
GROWTH_MAX = 4
# Hands that are remembered as they were read: long games of several tables, some 12 KB each.
KNOWN_HANDS_MAX = 1_000
# The largest real hand has 8 KB; a larger one is read again, so that the memory stays small.
KNOWN_BYTES_MAX = 16 * 1024
# Everything but the hands: real files have 300 bytes of it, and space between hands.
BESIDE_HANDS_BYTES_MAX = 64 * 1024
BESIDE_EACH_HAND_BYTES_MAX = 64

# The words the program uses; what is none of them is told as UNKNOWN.
TABLE_TYPES = frozenset({"FEATURE_TABLE", "FINAL_TABLE", "MAIN_TABLE", "SIDE_TABLE"})

_BOM = b"\xef\xbb\xbf"
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TO_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NOT_STRUCTURE = bytes(set(_NOT_BRACKETS) - set(b'"\\'))
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
    duplicate_seat, duplicate_hand, name_mismatch, too_many_hands, hand_too_large, too_large.
    """
    size = len(data)
    data = data.removeprefix(_BOM)
    _check_text(data)
    _check_brackets(data, depth_max)
    export = _export(data)
    _check_name(origin.path, str(export.id))
    moment_ticks(export.created_date_time_utc, ".CreatedDateTimeUTC")
    told = _told_hands(export.hands)
    _check_root_keys(data)
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
    if not data.isascii():
        _check_utf8(data)
    if b"\x00" in data:
        raise BadFile("not_json", "the file holds NUL bytes", again=True)
    if b"\\u0000" in data and _NUL.search(data):
        raise BadFile("bad_text", "a text holds the character NUL, which cannot be stored")


def _check_utf8(data: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), PART_BYTES):
        kept = len(decoder.getstate()[0])  # of a character that the part before cut off
        try:
            decoder.decode(data[start : start + PART_BYTES])
        except UnicodeDecodeError as error:
            byte = start - kept + error.start
            raise BadFile("not_utf8", f"byte {byte} is not UTF-8: {error.reason}") from error
    if decoder.getstate()[0]:
        raise BadFile("truncated", "the file ends inside a character", again=True)


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
    """All brackets outside of texts, curly ones as square ones."""
    bare = data.replace(b"\\u", b"") if b"\\" in data else data
    kept = bare.translate(_TO_BRACKETS, _NOT_STRUCTURE).replace(b'""', b"")
    # Where a text holds a bracket, the quotes before it are odd in number, so one is left.
    return _brackets_between(data) if b'"' in kept or b"\\" in kept else kept


def _brackets_between(data: bytes) -> bytes:
    """The same for any text, many times slower; in parts, to save memory."""
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


def _export(data: bytes) -> SourceExport:
    """The root with its hands still raw, after a look at how much there is of everything.

    Raw hands cost more than their bytes when they are tiny, so a large file is counted first.
    """
    if len(data) > PART_BYTES:
        _check_count(_decode(_outlines.decode, data, "").hands)
    export = _decode(_exports.decode, data, "")
    _check_count(export.hands)
    for ordinal, raw in enumerate(export.hands):
        if len(raw) > HAND_BYTES_MAX:
            raise _large_hand(f".Hands[{ordinal}]", len(raw), HAND_BYTES_MAX)
    beside = len(data) - sum(map(len, export.hands))
    if beside > BESIDE_HANDS_BYTES_MAX + BESIDE_EACH_HAND_BYTES_MAX * len(export.hands):
        raise BadFile("too_large", f"$: there are {beside} bytes beside the hands")
    return export


def _check_count(hands: Sequence[object]) -> None:
    if len(hands) > HANDS_MAX:
        raise BadFile("too_many_hands", f"$.Hands: {len(hands)} hands, the limit is {HANDS_MAX}")


def _large_hand(at: str, size: int, limit: int) -> BadFile:
    return BadFile("hand_too_large", f"${at} has {size} bytes, the limit is {limit}")


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


def _check_root_keys(data: bytes) -> None:
    """Refuse a key that is there twice, in the root or anywhere beside the hands."""
    members = _decode(_objects.decode, data, "")
    # Members are copied as they are, so only the keys of the root itself are proved by this.
    proved = codec.canonical(members) == data
    beside = [bytes(raw) for name, raw in members.items() if name != "Hands"]
    for text in beside if proved else [data]:
        _check_keys(text)


def _check_keys(data: bytes) -> None:
    def refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            repeated, _ = Counter(keys).most_common(1)[0]
            raise BadFile("repeated_key", f"an object has the key {repeated!r} twice")

    # Numbers are not looked at: Python's own limit on digits must not decide here.
    json.loads(data, object_pairs_hook=refuse_repeated, parse_int=len, parse_float=len)


def _told_hands(raws: Sequence[msgspec.Raw]) -> list[ToldHand]:
    told = []
    for ordinal, raw in enumerate(raws):
        read = _known_hand if len(raw) <= KNOWN_BYTES_MAX else _read_hand
        hand, digest = read(bytes(raw), f".Hands[{ordinal}]")
        told.append(ToldHand(ordinal=ordinal, digest=digest, hand=hand))
    return told


def _read_hand(raw: bytes, at: str) -> tuple[Hand, str]:
    """A hand and its digest."""
    hand = hand_of(_decode(_hands.decode, raw, at), at)
    _check_message(hand, raw, at)
    text = codec.canonical(_decode(_anything.decode, raw, at))
    # Equal to its own canonical form, a text has no key twice; only others need the slow look.
    if text != raw:
        _check_keys(raw)
    return hand, hashlib.sha256(text).hexdigest()


# A file that grew by one hand tells all others as before, and so do copies of it.
_known_hand = lru_cache(maxsize=KNOWN_HANDS_MAX)(_read_hand)


def _check_message(hand: Hand, raw: bytes, at: str) -> None:
    """Refuse what no message can hold before anything of its file is said."""
    limit = codec.MESSAGE_BYTES_MAX - BESIDE_HAND_BYTES
    if len(raw) * GROWTH_MAX > limit:
        size = len(msgspec.json.encode(hand))
        if size > limit:
            raise _large_hand(f"{at} as a message", size, limit)


def _ordered(told: list[ToldHand]) -> tuple[ToldHand, ...]:
    told.sort(key=lambda each: int(each.hand.start_ticks))
    for before, after in pairwise(told):
        if before.hand.start_ticks == after.hand.start_ticks:
            raise BadFile(
                "duplicate_hand",
                f"$.Hands[{before.ordinal}] and $.Hands[{after.ordinal}] start at the same moment",
            )
    return tuple(told)
