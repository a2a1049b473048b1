"""Overrides of single fields: what is kept, what is refused, and when a window is told."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from contracts.decision import Refusal
from contracts.messages.override import (
    OverrideActivated,
    OverrideApproved,
    OverrideExpired,
    OverrideSet,
    OverrideWithdrawn,
    PersonCreated,
)
from contracts.messages.override_commands import ApproveOverride, WithdrawOverride
from contracts.people.overrides import compete, from_fact
from services.override.domain import Overriding
from services.override.domain.overriding import OVERRIDES_MAX, PRIORITY_MAX, due
from services.override.domain.refusals import REASON_LENGTH_MAX
from services.override.domain.state import KeepOverride, TellPhase
from tests.support.people import ANNA, override_set, set_override
from tests.support.scenario import NOW, Scenario

HOUR = timedelta(hours=1)
OWN = "m-0b1c7f0e-5a41-4a3e-9d5c-2b7a54a1f001"
WITHDRAWN = OverrideWithdrawn(person_id=ANNA, override_id="o1", field="name", reason="again")
MISSING = Refusal(code="not_found", reason="upload_not_found", message="there is no upload u1")


def anna(*events) -> Scenario:
    return Scenario(Overriding(), "person", ANNA).given(*events)


def keep(stored: str | None = None, problem: Refusal | None = None, **changes) -> KeepOverride:
    return KeepOverride(asked=set_override(**changes), object=stored, problem=problem)


def private(**changes) -> KeepOverride:
    values = {"field": "bio", "value": None, "upload_id": "u1"}
    return keep(**({"stored": "people/a/private/u1"} | values | changes))


def tell(phase: str, due: datetime, override_id: str = "o1") -> TellPhase:
    return TellPhase(person_id=ANNA, override_id=override_id, phase=phase, due=due)


def test_an_override_is_said_with_its_window_and_where_now_lies_in_it() -> None:
    assert anna().when(keep()) == [override_set()]
    later = keep(valid_from=NOW + HOUR)
    assert anna().when(later) == [override_set(valid_from=NOW + HOUR, phase="scheduled")]
    past = keep(valid_from=NOW - 2 * HOUR, valid_until=NOW)
    assert anna().when(past) == [
        override_set(valid_from=NOW - 2 * HOUR, valid_until=NOW, phase="expired")
    ]


def test_a_value_and_a_window_are_kept_in_one_form() -> None:
    zone = timezone(timedelta(hours=3))
    said = anna().when(
        keep(field="country_code", value=" cze ", valid_from=(NOW + HOUR).astimezone(zone))
    )
    assert said == [
        override_set(field="country_code", value="CZ", valid_from=NOW + HOUR, phase="scheduled")
    ]
    assert said[0].valid_from.tzinfo is UTC


def test_a_private_value_is_said_as_the_key_of_its_object_only() -> None:
    assert anna().when(private()) == [
        override_set(field="bio", value=None, object="people/a/private/u1")
    ]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (keep(override_id="no spaces"), ("invalid", "bad_id")),
        (keep(override_id="x" * 65), ("invalid", "bad_id")),
        (keep(reason="  "), ("invalid", "no_reason")),
        (keep(reason="x" * (REASON_LENGTH_MAX + 1)), ("invalid", "reason_too_long")),
        (keep(priority=-1), ("invalid", "bad_priority")),
        (keep(priority=PRIORITY_MAX + 1), ("invalid", "bad_priority")),
        (keep(value=None), ("invalid", "no_value")),
        (keep(value=""), ("invalid", "no_value")),
        (keep(value="a\x00b"), ("invalid", "bad_value")),
        (keep(field="country_code", value="ZZ"), ("invalid", "bad_value")),
        (keep(upload_id="u1"), ("invalid", "public_upload")),
        (private(value="born by the lake"), ("invalid", "private_value")),
        (private(stored=None), ("invalid", "no_value")),
        (private(stored=None, problem=MISSING), ("not_found", "upload_not_found")),
        (keep(valid_from=NOW.replace(tzinfo=None)), ("invalid", "bad_window")),
        (
            keep(valid_from=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))),
            ("invalid", "bad_window"),
        ),
        (keep(valid_from=NOW + HOUR, valid_until=NOW + HOUR), ("invalid", "empty_window")),
        (keep(valid_from=NOW + HOUR, valid_until=NOW), ("invalid", "empty_window")),
    ],
)
def test_what_nobody_could_set_is_refused(command: KeepOverride, refusal) -> None:
    assert anna().refused(command) == refusal


@pytest.mark.parametrize("person_id", ["anna", "x-1", "g-", "g-a b", "", "m-"])
def test_an_id_of_another_form_is_no_person(person_id: str) -> None:
    stranger = Scenario(Overriding(), "person", person_id)
    assert stranger.refused(keep(person_id=person_id)) == ("invalid", "bad_person_id")


def test_a_person_nobody_entered_has_no_overrides() -> None:
    own = Scenario(Overriding(), "person", OWN)
    assert own.refused(keep(person_id=OWN)) == ("not_found", "person_not_found")
    own.given(PersonCreated(person_id=OWN, name="Petra Roe", reason="floor"))
    assert len(own.does(keep(person_id=OWN))) == 1


def test_an_id_is_used_once() -> None:
    held = anna(override_set(), WITHDRAWN)
    assert held.refused(keep(field="bio", value="x")) == ("conflict", "override_exists")


def test_a_person_has_a_limited_number_of_overrides() -> None:
    full = anna(*(override_set(override_id=f"o{n}", priority=n) for n in range(OVERRIDES_MAX)))
    assert full.refused(keep(override_id="one-more")) == ("conflict", "too_many_overrides")


class TestWindows:
    """Equal right at one moment is refused."""

    def test_an_overlap_of_equal_priority_is_refused_and_names_the_other(self) -> None:
        decision = anna(override_set(override_id="first")).when(keep())
        assert isinstance(decision, Refusal)
        assert (decision.code, decision.reason) == ("conflict", "overlapping_window")
        assert "first" in decision.message
        assert decision.allowed == ("withdraw_override",)

    @pytest.mark.parametrize(
        "other",
        [
            {"priority": 99},
            {"field": "name_short"},
            {"valid_until": NOW + HOUR},
            {"valid_from": NOW + 2 * HOUR, "phase": "scheduled"},
        ],
    )
    def test_another_right_field_or_time_is_free(self, other) -> None:
        held = anna(override_set(**({"override_id": "first"} | other)))
        assert held.does(keep(valid_from=NOW + HOUR, valid_until=NOW + 2 * HOUR))

    def test_a_withdrawn_override_makes_room(self) -> None:
        assert anna(override_set(), WITHDRAWN).does(keep(override_id="o2"))

    def test_an_override_that_is_over_makes_room_although_nobody_told_it_yet(self) -> None:
        held = anna(override_set(valid_until=NOW))
        assert held.does(keep(override_id="o2"))

    def test_a_window_in_the_past_takes_no_room(self) -> None:
        held = anna(override_set(valid_from=NOW - HOUR))
        assert held.does(keep(override_id="o2", valid_until=NOW))

    @examples(
        st.lists(
            st.tuples(
                st.sampled_from(["name", "name_short"]),
                st.integers(100, 101),
                st.sampled_from([None, *range(-2, 4)]),
                st.sampled_from([None, *range(-2, 4)]),
            ),
            max_size=8,
        )
    )
    def test_no_two_that_will_hold_ever_have_equal_right(self, asked) -> None:
        scenario = anna()
        for number, (field, priority, start, end) in enumerate(asked):
            command = keep(
                override_id=f"o{number}",
                field=field,
                priority=priority,
                valid_from=None if start is None else NOW + start * HOUR,
                valid_until=None if end is None else NOW + end * HOUR,
            )
            decision = scenario.when(command)
            if not isinstance(decision, Refusal):
                scenario.given(*decision)
        standing = [h.override for h in scenario.state.overrides.values() if h.phase != "expired"]
        pairs = [(a, b) for a in standing for b in standing if a is not b]
        assert not any(compete(a, b) for a, b in pairs)


class TestWithdrawAndApprove:
    """People take back, and put on record that they checked."""

    def test_an_override_is_withdrawn_once(self) -> None:
        held = anna(override_set())
        command = WithdrawOverride(person_id=ANNA, override_id="o1", reason=" again ")
        assert held.does(command) == [WITHDRAWN]
        assert held.when(command) == []

    def test_an_override_is_approved_once(self) -> None:
        held = anna(override_set())
        command = ApproveOverride(person_id=ANNA, override_id="o1", note="seen")
        said = OverrideApproved(person_id=ANNA, override_id="o1", note="seen")
        assert held.does(command) == [said]
        assert held.when(command) == []

    @pytest.mark.parametrize("command", [WithdrawOverride, ApproveOverride])
    def test_there_must_be_an_override(self, command) -> None:
        reason = {"reason": "x"} if command is WithdrawOverride else {}
        asked = command(person_id=ANNA, override_id="nothing", **reason)
        assert anna().refused(asked) == ("not_found", "override_not_found")

    def test_texts_have_limits_and_a_withdrawal_a_reason(self) -> None:
        held, long = anna(override_set()), "x" * (REASON_LENGTH_MAX + 1)
        silent = WithdrawOverride(person_id=ANNA, override_id="o1", reason="")
        noted = ApproveOverride(person_id=ANNA, override_id="o1", note=long)
        assert held.refused(silent) == ("invalid", "no_reason")
        assert held.refused(noted) == ("invalid", "reason_too_long")

    def test_what_is_withdrawn_is_not_approved(self) -> None:
        asked = ApproveOverride(person_id=ANNA, override_id="o1")
        assert anna(override_set(), WITHDRAWN).refused(asked) == ("conflict", "withdrawn")


class TestTimer:
    """Beginning and end of a window are facts of their due time, decided again when they fire."""

    scheduled = override_set(valid_from=NOW + HOUR, valid_until=NOW + 2 * HOUR, phase="scheduled")
    begun = OverrideActivated(
        person_id=ANNA, override_id="o1", field="name", effective_at=NOW + HOUR
    )
    ended = OverrideExpired(
        person_id=ANNA, override_id="o1", field="name", effective_at=NOW + 2 * HOUR
    )

    def test_a_window_is_told_at_both_ends_and_nothing_more(self) -> None:
        person = anna(self.scheduled)
        begin, end = tell("effective", NOW + HOUR), tell("expired", NOW + 2 * HOUR)
        assert due([person.state]) == [begin]
        assert person.does(begin, NOW + HOUR) == [self.begun]
        assert due([person.state]) == [end]
        assert person.does(end, NOW + 2 * HOUR) == [self.ended]
        assert due([person.state]) == []

    def test_who_slept_says_it_late_with_the_due_time(self) -> None:
        assert anna(self.scheduled).when(tell("effective", NOW + HOUR), NOW + 9 * HOUR) == [
            self.begun
        ]

    @pytest.mark.parametrize(
        ("events", "command", "now"),
        [
            ((scheduled,), tell("effective", NOW + HOUR), NOW + HOUR - timedelta(microseconds=1)),
            ((scheduled,), tell("effective", NOW + 2 * HOUR), NOW + 2 * HOUR),
            ((scheduled,), tell("expired", NOW + 2 * HOUR), NOW + 2 * HOUR),
            ((scheduled, begun), tell("effective", NOW + HOUR), NOW + HOUR),
            ((scheduled, begun, ended), tell("expired", NOW + 2 * HOUR), NOW + 2 * HOUR),
            ((scheduled, WITHDRAWN), tell("effective", NOW + HOUR), NOW + HOUR),
            ((), tell("effective", NOW + HOUR), NOW + HOUR),
        ],
    )
    def test_what_no_longer_holds_is_not_told(self, events, command, now) -> None:
        assert anna(*events).when(command, now) == []

    def test_an_open_window_is_never_told(self) -> None:
        assert due([anna(override_set()).state]) == []

    def test_a_window_begins_before_another_one_ends_at_the_same_moment(self) -> None:
        before = override_set(valid_until=NOW + HOUR)
        after = msgspec.structs.replace(self.scheduled, override_id="o2")
        assert due([anna(before, after).state]) == [
            tell("effective", NOW + HOUR, "o2"),
            tell("expired", NOW + HOUR, "o1"),
        ]


def test_the_state_keeps_an_override_as_the_fact_says_it() -> None:
    said = override_set(priority=7)
    assert anna(said).state.overrides["o1"].override == from_fact(said)
    assert isinstance(said, OverrideSet)
