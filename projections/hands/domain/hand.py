"""What one hand says: its row and those of its seats, under the names the figures have."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from contracts.messages.gfx import HandRecorded, HandRevised
from contracts.poker.grading import GradeRules, shown_grade
from contracts.poker.hand import Blinds
from contracts.poker.held import hold
from contracts.poker.reading import Reading, read_hand
from contracts.recorded import Recorded
from projections.hands.domain.rows import HandFindings, HandRow, HandSeatRow

type HandTold = HandRecorded | HandRevised
type ReadTold = Callable[[HandTold], Reading]

_OF_HAND = (
    "hand_num",
    "start_utc",
    "duration_ticks",
    "variant",
    "bet_structure",
    "recording_offset",
    "actions",
)
_OF_BLINDS = Blinds.__struct_fields__
_OF_FIGURES = (
    "state",
    "board",
    "pot_total",
    "pot_called",
    "pot_checks",
    "pot_mismatches",
    "uncalled",
    "uncalled_seat",
    "net",
    "collected",
    "over_award",
    "showdown",
)
_OF_VERDICT = ("showdown_rank", "showdown_best_seats", "board_rank", "duplicate_cards")
_OF_OUTLINE = ("live_players", "risks", "unproven")
_OF_GRADE = ("premium_hand", "long_play", "board_combo", "edit_start_ms")

_OF_SEAT = (
    "name",
    "long_name",
    "start_stack",
    "end_stack",
    "sitting_out",
    "hole_cards",
    "elimination_rank",
    "vpip_percent",
    "pfr_percent",
    "aggression_percent",
    "showdown_percent",
)


def read_told(event: HandTold, rules: GradeRules) -> Reading:
    """Read the hand that a file told."""
    return read_hand(event.game_id, hold(event.hand, event.digest), rules)


def hand_row(
    recorded: Recorded, reading: Reading, findings: HandFindings, old: HandRow | None
) -> HandRow:
    """The row of a recorded or revised hand; of the `old` one a person's grade stays."""
    event = recorded.event
    assert isinstance(event, HandRecorded | HandRevised)
    manual = old.grade_manual if old else None
    held, hand, figures = reading.held, reading.held.hand, reading.held.figures
    return HandRow(
        **_named(hand, _OF_HAND),
        **_named(hand.blinds, _OF_BLINDS),
        **_named(figures, _OF_FIGURES),
        **_named(reading.verdict, _OF_VERDICT),
        **_named(reading.outline, _OF_OUTLINE),
        **_named(reading.grade, _OF_GRADE),
        game_id=event.game_id,
        start_ticks=held.ticks,
        started_at=datetime.fromisoformat(hand.start_utc),
        players=reading.outline.seats,
        events=len(hand.actions),
        seats_listed=len(hand.seats),
        seats_dealt=len(figures.dealt_seats),
        sum_start=sum(seat.start_stack for seat in hand.seats),
        sum_end=sum(seat.end_stack for seat in hand.seats),
        busted=figures.busted_seats,
        legality=reading.legality,
        grade_auto=reading.grade.letter,
        grade_manual=manual,
        grade_rules=reading.grade.rules,
        eligible=shown_grade(reading.grade.letter, [manual], reading.rules).eligible,
        quiet=False,
        findings=findings,
        digest=event.digest,
        source_path=event.source.path,
        source_sha256=event.source.sha256,
        first_sequence=old.first_sequence if old else recorded.sequence,
        last_sequence=recorded.sequence,
        revised=old.revised + 1 if old else 0,
        said_at=recorded.said_at,
    )


def seat_rows(reading: Reading, sequence: int) -> Iterator[HandSeatRow]:
    """The rows of all listed seats of a hand."""
    figures = reading.held.figures
    risks = {risk.seat: risk for risk in reading.outline.risks}
    covered = _covered(reading)
    settled = figures.state == "settled"
    for seat, record in zip(reading.held.hand.seats, reading.seats, strict=True):
        number, risk = seat.seat, risks.get(seat.seat)
        yield HandSeatRow(
            **_named(seat, _OF_SEAT),
            game_id=record.game_id,
            start_ticks=reading.held.ticks,
            seat=number,
            player_hash=record.player_hash,
            dealt_in=record.dealt_in,
            live=number in figures.live_seats,
            contribution=figures.contributions[number],
            net=seat.end_stack - seat.start_stack,
            collected=figures.collected.get(number, 0) if settled else None,
            all_in=risk is not None and risk.all_in,
            covered=number in covered,
            asked=risk is not None and risk.to_call,
            busted=number in figures.busted_seats,
            counted=record.counted,
            voluntary=record.voluntary,
            raised=record.raised,
            aggressive=record.aggressive,
            passive=record.passive,
            flops=record.flops,
            showdowns=record.showdowns,
            last_sequence=sequence,
        )


def _covered(reading: Reading) -> set[int]:
    """Live seats that another live seat began with at least as many chips as."""
    live = reading.held.figures.live_seats
    stacks = {seat.seat: seat.start_stack for seat in reading.outline.seats if seat.seat in live}
    *_, second, most = (0, 0, *sorted(stacks.values()))
    # Only who has more than every other is not covered.
    return {seat for seat, chips in stacks.items() if chips < most or second == most}


def _named(source: object, names: Iterable[str]) -> dict[str, Any]:
    """The fields of these names."""
    return {name: getattr(source, name) for name in names}
