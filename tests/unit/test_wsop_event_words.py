"""What operators say about an event: the hold, places, and what is refused."""

from datetime import UTC, datetime

import pytest

from contracts.decision import Refusal
from contracts.messages.wsop_event import (
    HOLD_MINUTES,
    EliminationSet,
    EliminationWithdrawn,
    HoldSet,
    SetElimination,
    SetHold,
    WithdrawElimination,
)
from services.wsop_import.domain import CONTEXT, EVENT, WsopDecider
from services.wsop_import.domain.events import (
    ELIMINATIONS_MAX,
    PLACE_MAX,
    REASON_LENGTH_MAX,
    EventCommand,
    EventWords,
    Said,
    decide_event,
)

NOW = datetime(2031, 10, 19, 15, 0, tzinfo=UTC)
HARBOUR = "HARBOUR-2031-ME"
WHO = "w-WP000007"


def hold(minutes: int) -> SetHold:
    return SetHold(event_id=HARBOUR, minutes=minutes)


def out(place: int, who: str = WHO, reason: str = "seen by the floor") -> SetElimination:
    return SetElimination(event_id=HARBOUR, person_id=who, place=place, reason=reason)


def back(who: str = WHO) -> WithdrawElimination:
    return WithdrawElimination(event_id=HARBOUR, person_id=who, reason="somebody else")


class Desk:
    """An event and its operator, through the Decider."""

    def __init__(self) -> None:
        self.decider = WsopDecider()
        self.state = self.decider.initial(EVENT, HARBOUR)

    def say(self, command: EventCommand) -> list[str] | str:
        """Names of what was said, or the reason of the refusal."""
        decision = self.decider.decide(command, self.state, NOW)
        if isinstance(decision, Refusal):
            return decision.reason
        for event in decision:
            self.state = self.decider.evolve(self.state, event)
            assert event.subject.startswith(f"evt.{CONTEXT}.{EVENT}.{HARBOUR}.")
        return [event.TYPE.name for event in decision]


def test_a_hold_and_a_place_are_said_once_until_they_change() -> None:
    desk = Desk()
    assert desk.say(hold(HOLD_MINUTES)) == []
    assert [desk.say(hold(m)) for m in (0, 0, 1440)] == [["hold_set"], [], ["hold_set"]]
    assert [desk.say(out(p)) for p in (9, 9, 8)] == [["elimination_set"], [], ["elimination_set"]]
    assert desk.say(out(8, reason="said the host")) == ["elimination_set"]


def test_a_place_is_taken_back_once_and_can_be_said_again() -> None:
    desk = Desk()
    assert desk.say(back()) == "elimination_not_found"
    desk.say(out(9))
    assert desk.say(back()) == ["elimination_withdrawn"]
    assert desk.say(back()) == "elimination_not_found"
    assert desk.say(out(9)) == ["elimination_set"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (hold(-1), "bad_minutes"),
        (hold(1441), "bad_minutes"),
        (out(0), "bad_place"),
        (out(PLACE_MAX + 1), "bad_place"),
        (out(3, who="Ada"), "bad_person"),
        (out(3, reason="x" * (REASON_LENGTH_MAX + 1)), "text_too_long"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(command: EventCommand, reason: str) -> None:
    refusal = decide_event(command, EventWords())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.reason) == ("invalid", reason)
    assert len(refusal.message.split()) > 4


def test_a_full_event_takes_new_places_of_known_people_only() -> None:
    places = {f"w-{n}": Said(1, "") for n in range(ELIMINATIONS_MAX)}
    refusal = decide_event(out(3), EventWords(places=places))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "too_many_eliminations"
    assert decide_event(out(3, who="w-1"), EventWords(places=places)) == (
        EliminationSet(event_id=HARBOUR, person_id="w-1", place=3, reason="seen by the floor"),
    )


def test_the_facts_say_what_was_asked() -> None:
    words = EventWords(places={WHO: Said(9, "")})
    assert decide_event(hold(45), words) == (HoldSet(event_id=HARBOUR, minutes=45),)
    assert decide_event(back(), words) == (
        EliminationWithdrawn(event_id=HARBOUR, person_id=WHO, reason="somebody else"),
    )
