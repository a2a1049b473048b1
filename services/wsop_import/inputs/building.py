"""From the values of one row to a record, by layout."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from contracts.messages.wsop import Layout, StandingRow
from contracts.tournament import BlindLevel, ChipCount, EventFields, PayoutBand, PlayerFields
from services.wsop_import.domain.records import (
    NO_OFFSET,
    ChipRecord,
    EventRecord,
    PlayerRecord,
    Record,
    StandingRecord,
)
from services.wsop_import.inputs.errors import BadValue
from services.wsop_import.inputs.values import in_zone

type Values = dict[str, Any]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a row does not say itself. `zone` tells the time zone of a known event, or None.

    `guide_event` is the event of files that name none; `content_at` the time of rows without one;
    `takes` how often the content was taken in before, if it is taken again.
    """

    zone: Callable[[str], str | None]
    guide_event: str
    content_at: datetime
    takes: int = 0


class Piece(msgspec.Struct, frozen=True):
    """One row of a list that belongs to an event."""

    event_id: str
    part: BlindLevel | PayoutBand


type Build = Callable[[str, Values, Setting], Record | Piece]


def _event(at: str, told: Values, _: Setting) -> Record:
    return EventRecord(at=at, event_id=told.pop("event_id"), fields=EventFields(**told))


def _player(at: str, told: Values, _: Setting) -> Record:
    places = {}
    private = told.pop("additional_info", None)
    if private is not None and "achievement" not in told:
        told["achievement"] = private
        places["achievement"] = f"{at}/additional_info"
    player_id = told.pop("wsop_player_id")
    return PlayerRecord(at=at, player_id=player_id, fields=PlayerFields(**told), places=places)


def _placed(told: Values, setting: Setting, field: str) -> dict[str, Any]:
    """Event and time of a row; a time without an offset is read where the event is."""
    moment, event_id = told.pop(field), told.pop("event_id")
    text = told.pop(f"{field} text")
    if moment.tzinfo is not None:
        return {"event_id": event_id, "moment": moment, "moment_text": text}
    zone = setting.zone(event_id)
    if zone is None:
        raise BadValue(
            NO_OFFSET,
            f"{text} has no offset, and no time zone is known of event {event_id}",
            field,
        )
    try:
        utc = in_zone(moment, zone)
    except OverflowError as error:
        raise BadValue("not_a_time", f"{text} is in no calendar", field) from error
    return {"event_id": event_id, "moment": utc, "moment_text": text, "zone_assumed": True}


def _chips(at: str, told: Values, setting: Setting) -> Record:
    place = _placed(told, setting, "recorded_at")
    told.setdefault("status", "active" if told["chip_count"] else "out")
    return ChipRecord(
        at=at,
        player_id=told.pop("wsop_player_id"),
        player_name=told.pop("player_name", None),
        told=ChipCount(**told),
        **place,
    )


def _standing(at: str, told: Values, setting: Setting) -> Record:
    place = _placed(told, setting, "snapshot_at")
    whole = {
        name: told.pop(name, None) for name in ("players_remaining", "level_number", "day_number")
    }
    player_id = told.pop("wsop_player_id", None)
    if player_id is None and "player_name" not in told:
        raise BadValue("missing", "neither wsop_player_id nor player_name is given")
    return StandingRecord(
        at=at, row=StandingRow(at=at, player_id=player_id, **told), **place, **whole
    )


def _old_tournament(at: str, told: Values, setting: Setting) -> Record:
    event_id = told.pop("tournament_number", setting.guide_event)
    told["event_name"] = told.pop("name")
    told["players_remaining"] = told.pop("remaining_players")
    told["total_entries"] = told.pop("registered_players")
    return EventRecord(at=at, event_id=event_id, fields=EventFields(**told))


def _old_chips(at: str, told: Values, setting: Setting) -> Record:
    chips = told["chips"]
    eliminated = told.get("is_eliminated", False)
    return ChipRecord(
        at=at,
        event_id=told.get("tournament_number", setting.guide_event),
        moment=setting.content_at,
        moment_text="",
        time_assumed=True,
        player_name=told.get("player_name") or told["name"],
        told=ChipCount(
            chip_count=chips,
            status="eliminated" if eliminated else "active" if chips else "out",
            table_num=told.get("table_number"),
            seat_num=told.get("seat_number"),
            rank=told.get("rank", told.get("current_rank")),
        ),
    )


def _old_level(at: str, told: Values, setting: Setting) -> Piece:  # noqa: ARG001
    event_id = told.get("tournament_number", setting.guide_event)
    small, big = told["small_blind"], told["big_blind"]
    is_break = told.get("is_break", False) or small == big == 0
    level = BlindLevel(
        level=told["level"] if "level" in told else told["level_number"],
        small_blind=small,
        big_blind=big,
        ante=told.get("bb_ante") or told.get("ante") or 0,
        duration_minutes=told["duration_minutes"] if "level" in told else told["duration"],
        is_break=is_break,
    )
    return Piece(event_id, level)


def _old_band(at: str, told: Values, setting: Setting) -> Piece:  # noqa: ARG001
    event_id = told.pop("tournament_number", setting.guide_event)
    return Piece(event_id, PayoutBand(**told))


BUILDERS: Mapping[Layout, Build] = {
    "events_json": _event,
    "players_json": _player,
    "chip_counts_csv": _chips,
    "standings_csv": _standing,
    "export_tournaments": _old_tournament,
    "export_chips": _old_chips,
    "export_blinds": _old_level,
    "export_payouts": _old_band,
    "guide_tournaments": _old_tournament,
    "guide_blinds": _old_level,
    "guide_payouts": _old_band,
    "guide_players": _old_chips,
}
