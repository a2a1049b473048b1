"""Whose chips hold, against a second reading of the rule that looks at every hand anew."""

import random
from datetime import datetime, timedelta

import msgspec

from contracts.holders import holder_key
from contracts.messages import Event
from contracts.messages.gfx import HandRecorded
from contracts.messages.gfx_game import (
    GameBound,
    GameExcluded,
    GameIncluded,
    GameUnbound,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.messages.override import LinkRemoved, LinkVerified
from contracts.messages.wsop import ChipCountsTold
from contracts.messages.wsop_event import HoldSet
from contracts.persons import of_identity, of_wsop_player
from contracts.poker.identity import player_hash
from contracts.poker.replay import replay
from contracts.poker.ticks import ticks_to_utc
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from tests.support.folding import log_of
from tests.support.gfx_facts import MINUTE_TICKS, recorded_hand, revised_hand, ticks, walk
from tests.support.stored import stored
from tests.support.tournament import (
    EVENT,
    Imports,
    bound,
    chips,
    game,
    identity,
    linked,
    player_id,
    unlinked,
)

GAMES = ("639700000000000001", "639800000000000001")
SEATS, PEOPLE, STEPS, STORIES = (2, 5, 7, 8), 3, 30, 80
# Seats 2 and 7 are told under one name: one identity may sit on two seats.
SHOWN = (
    "select holder, source, chips, gfx_chips, game_id, seat, wsop_chips from views.player_chips "
    "where event_id = $1 order by holder"
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Story:
    """Facts of two games that are played by turns, in an order that services could say them in."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.imports = Imports()
        self.number = 0
        self.last: dict[str, int] = {}

    def facts(self) -> list[Event]:
        said: list[Event] = [game(game_id=game_id) for game_id in GAMES] + [bound()]
        happenings = (self.hand, self.hand, self.revision, self.revision, self.count, self.word)
        for _ in range(STEPS):
            said += self.random.choice(happenings)()
        return said

    def stacks(self) -> dict[int, int]:
        seated = sorted(self.random.sample(SEATS, 2))
        return {seat: 100 * self.random.randint(5, 90) for seat in seated}

    def hand(self) -> list[Event]:
        game_id = self.random.choice(GAMES)
        self.last[game_id] = self.number
        self.number += 1
        told = recorded_hand(walk(self.last[game_id], self.stacks()))
        return [msgspec.structs.replace(told, game_id=game_id)]

    def revision(self) -> list[Event]:
        if not self.last:
            return []
        game_id = self.random.choice(list(self.last))
        settled = self.random.random() < 0.5
        told = revised_hand(walk(self.last[game_id], self.stacks(), settled=settled))
        return [msgspec.structs.replace(told, game_id=game_id)]

    def count(self) -> list[Event]:
        # The very end of the hold is the table's still.
        end = ticks(self.number - self.random.randint(1, 2)) + MINUTE_TICKS
        at = moment(ticks_to_utc(end)) + timedelta(minutes=self.random.choice((0, 10, 30)))
        at += timedelta(microseconds=self.random.choice((0, 1)))
        rows = [chips(who, self.random.choice((0, 7))) for who in range(1, PEOPLE + 1)]
        return self.imports.counts(at, rows)

    def word(self) -> list[Event]:
        game_id, seat = self.random.choice(GAMES), self.random.choice(SEATS)
        who = self.random.randint(1, PEOPLE)
        first = ticks(self.random.randint(0, max(1, self.number)))
        last = self.random.choice((None, str(first + ticks(3) - ticks(0))))
        corrected = SeatCorrected(
            game_id=game_id,
            correction_id=f"c{seat}",
            seat=seat,
            from_ticks=str(first),
            to_ticks=last,
            person_id=self.random.choice(
                (f"w-{player_id(who)}", identity(self.random.choice(SEATS)))
            ),
            name="Ann",
            long_name="Ann Lee",
            reason="mistyped",
        )
        withdrawn = SeatCorrectionWithdrawn(
            game_id=game_id, correction_id=f"c{seat}", reason="it was right"
        )
        return [
            self.random.choice(
                (
                    *[linked(seat, who)] * 5,
                    unlinked(seat, who),
                    *[bound(game_id=game_id)] * 2,
                    bound("OTHER", game_id=game_id),
                    GameUnbound(game_id=game_id, from_ticks="0"),
                    GameExcluded(game_id=game_id, reason="a rehearsal"),
                    GameIncluded(game_id=game_id, reason="it counts"),
                    corrected,
                    withdrawn,
                    HoldSet(event_id=EVENT, minutes=self.random.choice((0, 10, 30))),
                )
            )
        ]


class Oracle:
    """All that was said, kept as it was said; every question walks through all of it."""

    def __init__(self, facts: list[Event]) -> None:
        # What the last hand of a game said when it was the last, by game and start.
        self.hands: dict[str, dict[int, HandRecorded]] = {game_id: {} for game_id in GAMES}
        self.excluded: set[str] = set()
        self.bound: dict[str, str] = {}
        self.corrected: dict[tuple[str, str], SeatCorrected] = {}
        self.links: dict[str, str] = {}
        self.counted: dict[str, tuple[datetime, int]] = {}
        self.hold = timedelta(minutes=30)
        for fact in facts:
            self._hear(fact)

    def _hear(self, fact: Event) -> None:
        match fact:
            case GameBound():
                self.bound[fact.game_id] = fact.event_id
            case GameUnbound():
                self.bound.pop(fact.game_id, None)
            case GameExcluded():
                self.excluded.add(fact.game_id)
            case GameIncluded():
                self.excluded.discard(fact.game_id)
            case SeatCorrected():
                self.corrected[fact.game_id, fact.correction_id] = fact
            case SeatCorrectionWithdrawn():
                self.corrected.pop((fact.game_id, fact.correction_id), None)
            case LinkVerified():
                self.links[fact.person_id] = of_wsop_player(fact.wsop_player_id)
            case LinkRemoved() if self.links.get(fact.person_id) == of_wsop_player(
                fact.wsop_player_id
            ):
                del self.links[fact.person_id]
            case HoldSet():
                self.hold = timedelta(minutes=fact.minutes)
            case ChipCountsTold():
                for row in fact.rows:
                    holder = holder_key(row.player_id, row.player_name)
                    told = (fact.recorded_at, row.told.chip_count)
                    if holder not in self.counted or told[0] >= self.counted[holder][0]:
                        self.counted[holder] = told
            case _ if hasattr(fact, "hand"):
                self.hands[fact.game_id][int(fact.hand.start_ticks)] = fact

    def person(self, game_id: str, start: int, seat) -> str:
        who = of_identity(player_hash(seat.name, seat.long_name))
        for word in self.corrected.values():
            until = word.to_ticks
            covers = int(word.from_ticks) <= start and (until is None or start <= int(until))
            if (word.game_id, word.seat) == (game_id, seat.seat) and covers:
                who = word.person_id
        return self.links.get(who, who)

    def tables(self) -> dict[str, tuple[str, int, int, datetime]]:
        """Game, seat, stack and time of everybody who sits at a table of the event now."""
        listed: dict[str, list[tuple[datetime, str, int, int, int]]] = {}
        for game_id, hands in self.hands.items():
            if game_id in self.excluded:
                continue
            for start, fact in hands.items():
                settled = replay(fact.hand).state == "settled"
                at = moment(ticks_to_utc(start + (fact.hand.duration_ticks if settled else 0)))
                for seat in fact.hand.seats:
                    stack = seat.end_stack if settled else seat.start_stack
                    row = (at, game_id, start, seat.seat, stack)
                    listed.setdefault(self.person(game_id, start, seat), []).append(row)
        found = {}
        for who, rows in listed.items():
            at, game_id, start, seat, stack = max(rows)
            seats = {row[3] for row in rows if row[1:3] == (game_id, start)}
            left = start != max(self.hands[game_id])
            if len(seats) == 1 and not left and self.bound.get(game_id) == EVENT:
                found[who] = (game_id, seat, stack, at)
        return found

    def shown(self) -> list[tuple]:
        tables = self.tables()
        rows = []
        for who in sorted({*tables, *self.counted}):
            game_id, seat, stack, at = tables.get(who, (None,) * 4)
            counted_at, counted = self.counted.get(who, (None, None))
            late = at is None or (counted_at is not None and counted_at > at + self.hold)
            held = ("wsop", counted) if late else ("gfx", stack)
            rows.append((who, *held, stack, game_id, seat, counted))
        return rows


async def test_chips_hold_as_the_rule_read_a_second_time_says(database):
    async with stored(database, CHIP_COUNTS) as views:
        for seed in range(STORIES):
            facts = Story(seed).facts()
            views.forget()
            await views.tell(log_of(*facts))
            assert await views.values(SHOWN, EVENT) == Oracle(facts).shown(), seed
