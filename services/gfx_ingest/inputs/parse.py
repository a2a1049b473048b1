"""Bytes of an export file to a Snapshot, or a named reason why not. Pure.

A file is taken whole or not at all: a figure from half a file could go on air. What is malformed
may only be half written, so those reasons ask for another look (`again`).
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from contracts import codec
from contracts.messages.gfx import FileSource
from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.ticks import TICKS_PER_SECOND, BadTime, duration_to_ticks, utc_to_ticks
from services.gfx_ingest.domain import Snapshot, ToldHand
from services.gfx_ingest.inputs.source import SourceExport, SourceHand, SourcePlayer

# An export is six levels deep; the margin is for later versions of the program.
DEPTH_MAX = 32
# Brackets are counted in parts of this size: many short texts cost memory while they are cut out.
PART_BYTES = 1024 * 1024
# A hand lasts minutes; longer than a year is a broken clock, and sums must fit 64 bits.
HAND_TICKS_MAX = 366 * 86_400 * TICKS_PER_SECOND
# A reason is read by people; foreign text in it must not fill their screen.
DETAIL_LENGTH_MAX = 300

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
_hands = msgspec.json.Decoder(SourceHand)
_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_anything = msgspec.json.Decoder()


class BadFile(ValueError):
    """A file is not an export. `code` is one word; `again` says it may only be half written."""

    def __init__(self, code: str, detail: str, *, again: bool = False) -> None:
        """`detail` is a sentence for people, cut to a readable length."""
        super().__init__(detail[:DETAIL_LENGTH_MAX])
        self.code = code
        self.again = again


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


def _ticks(convert: Callable[[str], int], text: str, at: str) -> int:
    try:
        return convert(text)
    except BadTime as error:
        raise BadFile("wrong_value", f"${at}: {error}") from error


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


def _hand(source: SourceHand, at: str) -> Hand:
    duration = _ticks(duration_to_ticks, source.duration, f"{at}.Duration")
    if duration > HAND_TICKS_MAX:
        raise BadFile("out_of_range", f"${at}.Duration: {source.duration} is longer than a year")
    seats = tuple(_seat(player) for player in source.players)
    if len({seat.seat for seat in seats}) < len(seats):
        raise BadFile("duplicate_seat", f"${at}.Players: a seat is listed twice")
    blinds = source.flop_draw_blinds
    return Hand(
        hand_num=source.hand_num,
        start_utc=source.start_date_time_utc,
        start_ticks=str(_ticks(utc_to_ticks, source.start_date_time_utc, f"{at}.StartDateTimeUTC")),
        duration_ticks=duration,
        variant=source.game_variant or "",
        bet_structure=source.bet_structure or "",
        recording_offset=source.recording_offset_start or "",
        blinds=Blinds(
            small_blind=blinds.small_blind_amt,
            big_blind=blinds.big_blind_amt,
            ante=source.ante_amt,
            ante_type=blinds.ante_type or "",
            button_seat=blinds.button_player_num or 0,
            small_blind_seat=blinds.small_blind_player_num or 0,
            big_blind_seat=blinds.big_blind_player_num or 0,
        ),
        seats=seats,
        actions=tuple(
            Action(
                kind=event.event_type,
                seat=event.player_num,
                amount=event.bet_amt,
                pot=event.pot,
                card=event.board_cards or None,
            )
            for event in source.events
        ),
    )


def _seat(player: SourcePlayer) -> Seat:
    rank = player.elimination_rank
    return Seat(
        seat=player.player_num,
        name=player.name,
        long_name=player.long_name or "",
        start_stack=player.start_stack_amt,
        end_stack=player.end_stack_amt,
        sitting_out=bool(player.sitting_out),
        hole_cards=tuple(card for text in player.hole_cards or () for card in (text or "").split()),
        cumulative_winnings=player.cumulative_winnings_amt or 0,
        elimination_rank=-1 if rank is None else rank,
        vpip_percent=player.vpip_percent or 0,
        pfr_percent=player.pre_flop_raise_percent or 0,
        aggression_percent=player.aggression_frequency_percent or 0,
        showdown_percent=player.went_to_show_down_percent or 0,
    )
