"""The poker hand history format (PHH): TOML, one hand per section of a .phhs file.

Fields and action notation follow phh.readthedocs.io. What the format has no word for stands in
fields of our own, which begin with an underscore: `_state` is settled, unsettled or edited, and
only a settled hand has `finishing_stacks` and `winnings`. At a showdown every live hand is told as
shown, because the record does not say who mucked.
"""

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from contracts.poker.hand import Hand
from deploy.export.record import HandRecord
from deploy.export.story import Deal, Move, Step, Story, tell

VARIANT = "NT"  # no-limit Texas hold'em

type Value = str | int | bool | Sequence[int] | Sequence[str]


class PhhWriter:
    """Hands as the numbered sections of one .phhs file, in the order they come."""

    def __init__(self, stream: BinaryIO) -> None:
        """`stream` stays open: who opened it closes it."""
        self._stream = stream
        self._sections = 0

    def add(self, record: HandRecord) -> None:
        """Write one hand; raises Unexportable and writes nothing where it cannot be told."""
        section = hand_section(record)
        self._sections += 1
        gap = "\n" if self._sections > 1 else ""
        self._stream.write(f"{gap}[{self._sections}]\n{section}".encode())

    def close(self) -> None:
        """Nothing is held back."""


def hand_section(record: HandRecord) -> str:
    """One hand as the lines of a .phh file; raises Unexportable."""
    hand, story = record.hand, tell(record.hand)
    lines = [f"{name} = {_toml(value)}" for name, value in _required(hand, story)]
    lines += [f"time = {hand.start_utc[11:19]}{_microseconds(hand.start_utc)}"]
    lines += [f"{name} = {_toml(value)}" for name, value in _optional(record, story)]
    lines += [f"{name} = {_toml(value)}" for name, value in _own(record, story)]
    return "\n".join(lines) + "\n"


def _required(hand: Hand, story: Story) -> Iterator[tuple[str, Value]]:
    blinds = hand.blinds
    yield "variant", VARIANT
    # The ante is what was really paid: readers take it before the blind, the table after it.
    yield "antes", _forced(story, story.ante and [story.ante])
    # The blinds are those of the level: a reader cuts them to a short stack by itself.
    full = [(blinds.big_blind_seat, blinds.big_blind)]
    if story.small_blind:
        full.append((blinds.small_blind_seat, blinds.small_blind))
    yield "blinds_or_straddles", _forced(story, full)
    yield "min_bet", blinds.big_blind
    yield "starting_stacks", [seat.start_stack for seat in story.players]
    yield "actions", _actions(story)


def _forced(story: Story, posts: list[tuple[int, int]] | None) -> list[int]:
    """Chips by position; with two players the format tells them the other way round."""
    chips = dict(posts or ())
    forced = [chips.get(seat.seat, 0) for seat in story.players]
    return forced[::-1] if len(forced) == 2 else forced  # heads-up


def _actions(story: Story) -> list[str]:
    names = {seat.seat: f"p{n}" for n, seat in enumerate(story.players, 1)}
    told = [f"d dh {names[seat]} {''.join(cards)}" for seat, cards in story.hole.items()]
    told += [_step(step, names) for step in story.steps[: story.steps_bet]]
    if story.figures.showdown:
        shown = [seat for seat in names if seat in story.figures.live_seats]
        told += [f"{names[seat]} sm {''.join(story.hole[seat])}" for seat in shown]
    return told + [_step(step, names) for step in story.steps[story.steps_bet :]]


def _step(step: Step, names: dict[int, str]) -> str:
    if isinstance(step, Deal):
        return f"d db {''.join(step.cards)}"
    return _move(step, names[step.seat])


def _move(move: Move, name: str) -> str:
    """`cc` only where a reader moves the very chips of the record by it, else the amount."""
    if move.verb == "fold":
        return f"{name} f"
    if move.verb == "check" and move.put < move.to_call:
        return f"# {name} is recorded as checking with {move.level} to call"
    if move.verb == "check" or move.total == move.to_call:
        return f"{name} cc"
    return f"{name} cbr {move.total}"


def _optional(record: HandRecord, story: Story) -> Iterator[tuple[str, Value]]:
    hand, figures = record.hand, story.figures
    yield "time_zone", "UTC"
    for name, start, end in (("day", 8, 10), ("month", 5, 7), ("year", 0, 4)):
        yield name, int(hand.start_utc[start:end])
    yield "hand", hand.hand_num
    yield "seats", [seat.seat for seat in story.players]
    yield "table", record.table
    yield "players", [seat.long_name or seat.name for seat in story.players]
    if figures.state == "settled":
        yield "finishing_stacks", [seat.end_stack for seat in story.players]
        if not figures.over_award:
            yield "winnings", [figures.collected.get(seat.seat, 0) for seat in story.players]


def _own(record: HandRecord, story: Story) -> Iterator[tuple[str, Value]]:
    hand, figures = record.hand, story.figures
    yield "_state", figures.state
    if figures.state != "settled":
        yield "_recorded_stacks", [seat.end_stack for seat in story.players]
    if figures.over_award:
        yield "_collected", [figures.collected.get(seat.seat, 0) for seat in story.players]
    yield "_game_id", record.game_id
    yield "_ordinal", record.ordinal
    yield "_start_ticks", hand.start_ticks
    yield "_start_utc", hand.start_utc
    yield "_duration_ticks", hand.duration_ticks
    yield "_button_seat", hand.blinds.button_seat
    yield "_pot_called", figures.pot_called
    yield "_uncalled", figures.uncalled
    if story.duplicate_cards:
        yield "_duplicate_cards", story.duplicate_cards
    if record.absent:
        yield "_absent", True
    if record.incomplete:
        yield "_incomplete", True


def _microseconds(start_utc: str) -> str:
    """The fraction of a moment as far as readers of TOML keep it."""
    digits = start_utc[20:].rstrip("Z")
    return f".{digits[:6]}" if digits else ""


def _toml(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            # JSON's escapes are TOML's; only DEL is free in the one and not in the other.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case _:
            return f"[{', '.join(_toml(each) for each in value)}]"
