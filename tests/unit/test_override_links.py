"""Links: suggested by anybody, verified by people, one player for an identity."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from contracts.decision import Refusal
from contracts.messages.override import LinkRejected, LinkRemoved, LinkVerified
from contracts.messages.override_commands import RejectLink, RemoveLink, SuggestLink, VerifyLink
from services.override.domain import Overriding
from services.override.domain.linking import LINKS_MAX, NAME_LENGTH_MAX, PLAYER_ID_LENGTH_MAX
from tests.support.people import ANNA, EVIDENCE, suggest, suggested
from tests.support.scenario import Scenario


def anna(*events) -> Scenario:
    return Scenario(Overriding(), "person", ANNA).given(*events)


def said(cls: Any, player_id: str = "P7", **more: Any) -> Any:
    return cls(person_id=ANNA, wsop_player_id=player_id, reason="asked her", **more)


def verified(player_id: str = "P7", **more: Any) -> LinkVerified:
    return said(LinkVerified, player_id, **({"confidence": None, "method": None} | more))


def test_a_suggestion_is_said_once_and_again_with_other_evidence() -> None:
    person = anna()
    assert person.does(suggest()) == [suggested()]
    assert person.when(suggest()) == []
    seated = msgspec.structs.replace(EVIDENCE, seats=2)
    assert person.does(suggest(evidence=seated)) == [suggested(evidence=seated)]


def test_a_person_verifies_what_was_suggested_or_what_was_not() -> None:
    assert anna(suggested()).when(said(VerifyLink)) == [
        verified(confidence=98, method="normalised")
    ]
    assert anna().when(said(VerifyLink)) == [verified()]


def test_a_verified_link_is_neither_verified_nor_suggested_again() -> None:
    linked = anna(verified())
    assert linked.when(said(VerifyLink)) == []
    assert linked.when(suggest()) == []


def test_an_identity_has_one_player_until_the_link_is_removed() -> None:
    linked = anna(verified("P7"))
    assert linked.refused(said(VerifyLink, "P8")) == ("conflict", "identity_linked")
    assert linked.refused(suggest(wsop_player_id="P8")) == ("conflict", "identity_linked")
    assert linked.does(said(RemoveLink, "P7")) == [said(LinkRemoved)]
    assert linked.does(said(VerifyLink, "P8")) == [verified("P8")]


@pytest.mark.parametrize(("gone", "word"), [(LinkRejected, "rejected"), (LinkRemoved, "removed")])
def test_what_a_person_took_away_is_not_suggested_but_may_be_verified(gone, word) -> None:
    before = (suggested(), verified(), said(gone)) if gone is LinkRemoved else (said(gone),)
    person = anna(*before)
    assert person.refused(suggest(confidence=100)) == ("conflict", f"link_{word}")
    assert len(person.does(said(VerifyLink))) == 1


def test_a_link_is_rejected_once_and_removed_once() -> None:
    person = anna(suggested())
    assert person.does(said(RejectLink)) == [said(LinkRejected)]
    assert person.when(said(RejectLink)) == []
    assert anna(verified(), said(LinkRemoved)).when(said(RemoveLink)) == []


def test_a_verified_link_is_removed_not_rejected() -> None:
    assert anna(verified()).refused(said(RejectLink)) == ("conflict", "link_verified")


@pytest.mark.parametrize("events", [(), (suggested(),), (said(LinkRejected),)])
def test_only_a_verified_link_can_be_removed(events) -> None:
    assert anna(*events).refused(said(RemoveLink)) == ("not_found", "link_not_found")


@pytest.mark.parametrize("command", [VerifyLink, RejectLink, RemoveLink])
def test_a_person_says_why(command) -> None:
    asked = command(person_id=ANNA, wsop_player_id="P7", reason=" ")
    assert anna(suggested()).refused(asked) == ("invalid", "no_reason")


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (suggest(wsop_player_id=""), ("invalid", "bad_player_id")),
        (suggest(wsop_player_id="a\nb"), ("invalid", "bad_player_id")),
        (suggest(wsop_player_id="x" * (PLAYER_ID_LENGTH_MAX + 1)), ("invalid", "bad_player_id")),
        (suggest(confidence=101), ("invalid", "bad_confidence")),
        (suggest(confidence=-1), ("invalid", "bad_confidence")),
        (
            suggest(
                evidence=msgspec.structs.replace(EVIDENCE, borrowed="x" * (NAME_LENGTH_MAX + 1))
            ),
            ("invalid", "bad_evidence"),
        ),
    ],
)
def test_what_cannot_be_a_suggestion_is_refused(command: SuggestLink, refusal) -> None:
    assert anna().refused(command) == refusal


@pytest.mark.parametrize("person_id", ["w-P7", "anna"])
def test_only_identities_are_linked(person_id: str) -> None:
    found = Scenario(Overriding(), "person", person_id).refused(suggest(person_id=person_id))
    reason = "not_an_identity" if person_id == "w-P7" else "bad_person_id"
    assert found == ("invalid", reason)


def test_an_identity_is_compared_with_a_limited_number_of_players() -> None:
    person = anna(*(suggested(wsop_player_id=f"P{n}") for n in range(LINKS_MAX)))
    assert person.refused(suggest(wsop_player_id="more")) == ("conflict", "too_many_links")
    assert person.when(said(VerifyLink, "P0"))


@examples(
    st.lists(
        st.tuples(
            st.sampled_from([VerifyLink, RejectLink, RemoveLink, SuggestLink]),
            st.sampled_from(["P1", "P2", "P3"]),
        ),
        max_size=12,
    )
)
def test_whatever_is_asked_an_identity_never_has_two_players(asked) -> None:
    person = anna()
    for command, player_id in asked:
        if command is SuggestLink:
            decision = person.when(suggest(wsop_player_id=player_id))
        else:
            decision = person.when(said(command, player_id))
        if not isinstance(decision, Refusal):
            person.given(*decision)
        links = person.state.links.values()
        assert sum(link.status == "verified" for link in links) <= 1
