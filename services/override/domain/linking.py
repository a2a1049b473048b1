"""Links: a PokerGFX identity is a player of the tournament platform, because a person says so.

Several identities may be one player; an identity has at most one verified link. What a person
rejected or took back is not suggested again; a person may still verify it.
"""

from collections.abc import Sequence

from contracts import persons
from contracts.decision import Refusal, conflict, invalid, not_found
from contracts.messages import Event
from contracts.messages.override import LinkRejected, LinkRemoved, LinkSuggested, LinkVerified
from contracts.messages.override_commands import RejectLink, RemoveLink, SuggestLink, VerifyLink
from services.override.domain.refusals import person_problem, reason_problem
from services.override.domain.state import Person

# Players an identity was ever compared with aloud; a common surname has a handful.
LINKS_MAX = 50
# As long as the import takes an id of a player.
PLAYER_ID_LENGTH_MAX = 128
# Characters of a name in the evidence; longer ones are no names.
NAME_LENGTH_MAX = 200

type LinkCommand = SuggestLink | VerifyLink | RejectLink | RemoveLink


def decide(command: LinkCommand, person: Person) -> Sequence[Event] | Refusal:
    """Answer one command about a link."""
    if refused := _problem(command, person):
        return refused
    match command:
        case SuggestLink():
            return _suggest(command, person)
        case VerifyLink():
            return _verify(command, person)
        case RejectLink():
            return _reject(command, person)
        case RemoveLink():
            return _remove(command, person)


def _problem(command: LinkCommand, person: Person) -> Refusal | None:
    if refused := person_problem(person):
        return refused
    if not person.person_id.startswith(f"{persons.GFX}-"):
        message = f"{person.person_id} is no PokerGFX identity; only those are linked"
        return invalid("not_an_identity", message)
    player_id = command.wsop_player_id
    if not (0 < len(player_id) <= PLAYER_ID_LENGTH_MAX and player_id.isprintable()):
        return invalid("bad_player_id", f"{player_id!r} is no id of a player")
    if player_id not in person.links and len(person.links) >= LINKS_MAX:
        message = f"an identity is compared with at most {LINKS_MAX} players"
        return conflict("too_many_links", message)
    return None if isinstance(command, SuggestLink) else reason_problem(command.reason)


def _suggest(command: SuggestLink, person: Person) -> Sequence[Event] | Refusal:
    evidence = command.evidence
    texts = (evidence.gfx_name, evidence.gfx_long_name, evidence.player_name, evidence.borrowed)
    if not 0 <= command.confidence <= 100:
        return invalid("bad_confidence", "a confidence is a number from 0 to 100")
    if max(map(len, (*texts, evidence.rule))) > NAME_LENGTH_MAX:
        return invalid("bad_evidence", f"a name has at most {NAME_LENGTH_MAX} characters")
    if other := _other_player(command, person):
        return other
    link = person.links.get(command.wsop_player_id)
    if link and link.status in ("rejected", "removed"):
        return conflict(
            f"link_{link.status}",
            f"a person said that this identity is not {command.wsop_player_id}",
            "verify_link",
        )
    said = LinkSuggested(
        person_id=command.person_id,
        wsop_player_id=command.wsop_player_id,
        confidence=command.confidence,
        method=command.method,
        evidence=evidence,
    )
    known = link and (link.status == "verified" or link.suggestion == said)
    return [] if known else [said]


def _verify(command: VerifyLink, person: Person) -> Sequence[Event] | Refusal:
    if other := _other_player(command, person):
        return other
    link = person.links.get(command.wsop_player_id)
    if link and link.status == "verified":
        return []
    suggestion = link.suggestion if link else None
    return [
        LinkVerified(
            person_id=command.person_id,
            wsop_player_id=command.wsop_player_id,
            confidence=suggestion.confidence if suggestion else None,
            method=suggestion.method if suggestion else None,
            reason=command.reason.strip(),
        )
    ]


def _other_player(command: SuggestLink | VerifyLink, person: Person) -> Refusal | None:
    if person.player_id in (None, command.wsop_player_id):
        return None
    return conflict(
        "identity_linked", f"this identity is {person.player_id}; remove that first", "remove_link"
    )


def _reject(command: RejectLink, person: Person) -> Sequence[Event] | Refusal:
    link = person.links.get(command.wsop_player_id)
    if link and link.status == "verified":
        return conflict("link_verified", "the link is verified; remove it instead", "remove_link")
    if link and link.status == "rejected":
        return []
    return [
        LinkRejected(
            person_id=command.person_id,
            wsop_player_id=command.wsop_player_id,
            reason=command.reason.strip(),
        )
    ]


def _remove(command: RemoveLink, person: Person) -> Sequence[Event] | Refusal:
    link = person.links.get(command.wsop_player_id)
    if link and link.status == "removed":
        return []
    if link is None or link.status != "verified":
        return not_found("link", f"of this identity to {command.wsop_player_id} is verified")
    return [
        LinkRemoved(
            person_id=command.person_id,
            wsop_player_id=command.wsop_player_id,
            reason=command.reason.strip(),
        )
    ]
