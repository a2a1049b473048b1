"""The table leaderboard: everybody at a table by chips."""

import msgspec

from contracts.compositions.base import (
    Composition,
    GameId,
    MissingData,
    Parameters,
    Warned,
    Words,
    flag_of,
    once,
)
from contracts.formats import bb, blinds, chips_grouped, chips_short_exact, upper

TABLE_LEADERBOARD = Composition(name="table_leaderboard", version=1, layer="full", slots=9)


class LeaderboardParameters(Parameters, frozen=True, kw_only=True):
    """What a cue says: the game, and texts instead of the table's own name and no subtitle."""

    game_id: GameId
    table_name: Words = ""
    subtitle: Words = ""


class LeaderboardEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One seat as bound: `country` is a code in any usual form or None, `chips` whole chips."""

    seat: int
    name: str
    country: str | None = None
    chips: int


class LeaderboardData(Warned, frozen=True, kw_only=True):
    """The raw bound values of a table leaderboard; rows in any order, blinds in chips."""

    table_name: str
    subtitle: str
    rows: tuple[LeaderboardEntry, ...]
    small_blind: int | None
    big_blind: int | None
    ante: int | None
    players: int | None


class LeaderboardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row as drawn; `flag` is an ISO alpha-2 code, None draws the neutral plate."""

    rank: str
    flag: str | None
    name: str
    chips: str
    bb: str


class LeaderboardFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every text of a table leaderboard as drawn; an empty text keeps its place empty.

    `warnings` are sentences for the operator and no part of the picture.
    """

    title: str
    suffix: str
    subtitle: str
    rows: tuple[LeaderboardRow, ...]
    blinds: str
    ante: str
    note: str
    warnings: tuple[str, ...] = ()


def leaderboard_fields(data: LeaderboardData) -> LeaderboardFields:
    """Order the rows by chips, then seat; equal chips share the better rank number.

    Rows over the slots are cut with a warning, an unknown country code is warned about.

    Raises:
        MissingData: no rows, or a row without a name or with negative chips.
    """
    if not data.rows:
        raise MissingData("a table leaderboard needs at least one player")
    warnings = list(data.warnings)
    ordered = sorted(data.rows, key=lambda entry: (-entry.chips, entry.seat))
    rows: list[LeaderboardRow] = []
    rank = 0
    for place, entry in enumerate(ordered, start=1):
        if place == 1 or entry.chips != ordered[place - 2].chips:
            rank = place
        rows.append(_row(entry, rank, data.big_blind, warnings))
    slots = TABLE_LEADERBOARD.slots
    if len(rows) > slots:
        warnings.append(f"{len(rows)} players for {slots} rows: the shortest stacks are left out")
    return LeaderboardFields(
        title="LEADERBOARD",
        suffix=upper(data.table_name),
        subtitle=upper(data.subtitle),
        rows=tuple(rows[:slots]),
        blinds=blinds(data.small_blind, data.big_blind),
        ante=f"{chips_short_exact(data.ante)} (BB ANTE)" if data.ante and data.ante > 0 else "",
        note=_players(data.players),
        warnings=once(warnings),
    )


def _row(
    entry: LeaderboardEntry, rank: int, big_blind: int | None, warnings: list[str]
) -> LeaderboardRow:
    name = upper(entry.name)
    if not name:
        raise MissingData(f"the player in seat {entry.seat} has no name")
    if entry.chips < 0:
        raise MissingData(f"{name} in seat {entry.seat} has {entry.chips} chips")
    return LeaderboardRow(
        rank=str(rank),
        flag=flag_of(entry.country, name, warnings),
        name=name,
        chips=chips_grouped(entry.chips),
        bb=bb(entry.chips, big_blind),
    )


def _players(count: int | None) -> str:
    if count is None:
        return ""
    return f"{count:,} PLAYER" if count == 1 else f"{count:,} PLAYERS"
