"""What wsop-import says of files, for tests of projections: facts of whole imports."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contracts import persons
from contracts.messages import Event
from contracts.messages.gfx import GameSeen
from contracts.messages.gfx_game import GameBound
from contracts.messages.override import LinkRemoved, LinkVerified
from contracts.messages.wsop import (
    ChipCountsTold,
    ChipRow,
    Counts,
    EventRow,
    EventsTold,
    ImportClosed,
    ImportFile,
    ImportStarted,
    Kind,
    Layout,
    PlayerRow,
    PlayersTold,
    Progress,
    StandingRow,
    StandingsTold,
)
from contracts.poker.hand import Action, Blinds, Hand
from contracts.poker.identity import player_hash
from contracts.tournament import BlindLevel, ChipCount, EventFields, PayoutBand, PlayerFields
from tests.support.gfx_facts import GAME, NAMES, seen, walk

EVENT = "HARBOUR-2031-ME"
NOON = datetime(2031, 3, 1, 12, 0, tzinfo=UTC)
LAYOUTS: dict[Kind, Layout] = {
    "events": "events_json",
    "players": "players_json",
    "chip_counts": "chip_counts_csv",
    "standings": "standings_csv",
}
PROGRESS = Progress(through=0, counts=Counts())


def minutes(number: int) -> datetime:
    """A time of the show."""
    return NOON + timedelta(minutes=number)


def player_id(number: int) -> str:
    """Id of the n-th player."""
    return f"WP{number:06d}"


def level(number: int, small: int, big: int, ante: int, **more: Any) -> BlindLevel:
    """One line of a blind structure."""
    blinds = {"small_blind": small, "big_blind": big, "ante": ante}
    return BlindLevel(level=number, duration_minutes=40, **{**blinds, **more})


def payout(first: int, last: int, amount: int) -> PayoutBand:
    """A band of prizes, in cents per place."""
    return PayoutBand(place_start=first, place_end=last, amount=amount)


def chips(player: int | str, count: int, before: ChipCount | None = None, **told: Any) -> ChipRow:
    """A row of stacks; a player by number, or by nothing but a name."""
    status = told.pop("status", "active" if count else "out")
    row = ChipCount(chip_count=count, status=status, **told)
    if isinstance(player, str):
        return ChipRow(at="2", told=row, player_name=player, before=before)
    return ChipRow(at=str(player + 1), told=row, player_id=player_id(player), before=before)


def place(rank: int, player: int | str, count: int, **told: Any) -> StandingRow:
    """A row of a snapshot; a player by number, or by nothing but a name."""
    who = {"player_name": player} if isinstance(player, str) else {"player_id": player_id(player)}
    return StandingRow(at=str(rank + 1), rank=rank, chip_count=count, **{**who, **told})


class Imports:
    """Makes the facts of imports, each with an id of its own."""

    def __init__(self, prefix: str = "i") -> None:
        self._ids = (f"{prefix}{number}" for number in itertools.count(1))

    def events(self, event_id: str = EVENT, at: datetime | None = None, **new: Any) -> list[Event]:
        """A file of events with one event."""
        row = EventRow(
            at="/events/0",
            event_id=event_id,
            created=False,
            old=EventFields(),
            new=EventFields(**new),
        )
        import_id = next(self._ids)
        told = EventsTold(import_id=import_id, exported_at=at, rows=(row,), progress=PROGRESS)
        return self.whole(import_id, "events", [told])

    def players(self, **names: str) -> list[Event]:
        """A file of players: `p7="..."` names player 7."""
        rows = [
            PlayerRow(
                at=f"/players/{key}",
                player_id=player_id(int(key[1:])),
                created=True,
                old=PlayerFields(),
                new=PlayerFields(name=name),
            )
            for key, name in names.items()
        ]
        import_id = next(self._ids)
        told = PlayersTold(import_id=import_id, rows=tuple(rows), progress=PROGRESS)
        return self.whole(import_id, "players", [told])

    def counts(
        self, at: datetime, rows: Iterable[ChipRow], event_id: str = EVENT, size: int = 200
    ) -> list[Event]:
        """A file of stacks of one moment."""
        import_id = next(self._ids)
        told = [
            ChipCountsTold(
                import_id=import_id,
                event_id=event_id,
                event_known=True,
                recorded_at=at,
                recorded_text=at.isoformat(),
                zone_assumed=False,
                time_assumed=False,
                future=False,
                moment_digest="",
                rows=chunk,
                progress=PROGRESS,
            )
            for chunk in itertools.batched(rows, size)
        ]
        return self.whole(import_id, "chip_counts", told)

    def standings(
        self, at: datetime, rows: Sequence[StandingRow], remaining: int | None = None, **more: Any
    ) -> list[Event]:
        """A file of places with one snapshot; `size` rows go into each fact."""
        import_id, event_id = next(self._ids), more.pop("event_id", EVENT)
        status = more.pop("status", "completed")
        chunks = list(itertools.batched(rows, more.pop("size", 200)))
        counted = sum(row.chip_count > 0 for row in rows)
        told = [
            StandingsTold(
                import_id=import_id,
                event_id=event_id,
                event_known=True,
                snapshot_at=at,
                snapshot_text=at.isoformat(),
                zone_assumed=False,
                future=False,
                corrected=more.get("corrected", False),
                part=part,
                parts=len(chunks),
                players_remaining=counted if remaining is None else remaining,
                remaining_counted=remaining is None,
                level_number=None,
                day_number=None,
                snapshot_digest="",
                rows=chunk,
                progress=PROGRESS,
            )
            for part, chunk in enumerate(chunks, 1)
        ]
        return self.whole(import_id, "standings", told, status)

    def whole(
        self, import_id: str, kind: Kind, told: Sequence[Event], status: Any = "completed"
    ) -> list[Event]:
        """The facts of one import from its start to its end."""
        file = ImportFile(path=f"{import_id}.txt", sha256=import_id, bytes=1, content_at=NOON)
        started = ImportStarted(
            import_id=import_id,
            kind=kind,
            layout=LAYOUTS[kind],
            file=file,
            rows=1,
            exported_at=None,
            unknown_columns=(),
            unknown_columns_count=0,
        )
        closed = ImportClosed(
            import_id=import_id,
            kind=kind,
            file=file,
            status=status,
            rows=1,
            counts=Counts(),
            noted=0,
            unknown_columns_count=0,
        )
        return [started, *told, closed]


def bound(event_id: str = EVENT, game_id: str = GAME) -> GameBound:
    """All hands of the game are of the event."""
    return GameBound(game_id=game_id, event_id=event_id, from_ticks="0", to_ticks=None)


def game(table_type: str = "FEATURE_TABLE", game_id: str = GAME) -> GameSeen:
    """The first word about a game of some kind of table."""
    return msgspec.structs.replace(seen(game_id), table_type=table_type)


def identity(seat: int) -> str:
    """Person id of whoever `walk` and `knockout` seat there, while no link says more."""
    name = NAMES[seat % len(NAMES)]
    return persons.of_identity(player_hash(name, f"Ada {name}"))


def linked(seat: int, player: int) -> LinkVerified:
    """Whoever sits there is a player of the platform."""
    return LinkVerified(
        person_id=identity(seat),
        wsop_player_id=player_id(player),
        confidence=None,
        method=None,
        reason="the same face",
    )


def unlinked(seat: int, player: int) -> LinkRemoved:
    """The link is taken back."""
    return LinkRemoved(
        person_id=identity(seat), wsop_player_id=player_id(player), reason="mistaken"
    )


def knockout(number: int, stacks: Mapping[int, int], out: Mapping[int, int]) -> Hand:
    """A settled hand in which seats lose everything to the highest one.

    `stacks` are chips before the hand; `out` are the seats with their rank in the file, -1 for
    none. Blinds are nothing, so that nobody else loses a chip.
    """
    plain = walk(number, stacks, settled=False)
    winner, won = max(stacks), sum(stacks[seat] for seat in out)
    pot, actions = 0, []
    for seat in sorted(out, key=lambda seat: stacks[seat]):
        actions.append(Action(kind="ALL IN", seat=seat, amount=stacks[seat], pot=pot))
        pot += stacks[seat]
    most = max(stacks[seat] for seat in out)
    actions.append(Action(kind="CALL", seat=winner, amount=most, pot=pot))
    change = {seat: -stacks[seat] for seat in out} | {winner: won}
    return msgspec.structs.replace(
        plain,
        blinds=Blinds(
            small_blind=0,
            big_blind=0,
            ante=0,
            button_seat=min(stacks),
            small_blind_seat=min(stacks),
            big_blind_seat=winner,
        ),
        actions=tuple(
            [Action(kind="FOLD", seat=seat) for seat in stacks if seat not in (*out, winner)]
            + actions
        ),
        seats=tuple(
            msgspec.structs.replace(
                seat,
                end_stack=seat.start_stack + change.get(seat.seat, 0),
                elimination_rank=out.get(seat.seat, -1),
            )
            for seat in plain.seats
        ),
    )
