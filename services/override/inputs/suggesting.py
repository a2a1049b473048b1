"""Suggesting links: names in, commands to ourselves out.

Nothing here knows where the names come from. Only a person verifies what is suggested.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog

from bus.api import Answer, CommandContext
from contracts import codec, persons
from contracts.messages.override_commands import SuggestLink
from contracts.people.matching import Suggestion, suggestions
from contracts.people.records import Identity, Player

log = structlog.get_logger()

ACTOR = "override-suggester"

type Say = Callable[[SuggestLink, CommandContext], Awaitable[Answer]]


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """All that is compared, as it stands in the read models at one moment.

    `identities` are those of games that count and without a verified link, `players` those of the
    tournament platform, `seats` their common seats by (player hash, player id), see
    `contracts.people.records`.
    """

    identities: tuple[Identity, ...]
    players: tuple[Player, ...]
    seats: Mapping[tuple[str, str], int]


async def suggest_links(names: Names, say: Say) -> int:
    """Suggest whatever may be shown without being asked for; returns how many were new.

    Doing it again with the same names says nothing: the id of each command is made from what it
    says. What a person rejected is refused by the core and left alone. Raises what `say` raises.
    """
    # Seconds for a large field; commands and the timer must not wait for it.
    found = await asyncio.to_thread(suggestions, names.identities, names.players, names.seats)
    new = 0
    for suggestion in found:
        if not suggestion.automatic:
            continue
        command = _command(suggestion)
        named = f"{ACTOR}:{codec.digest(command)}"
        command_id = str(uuid.uuid5(uuid.NAMESPACE_OID, named))
        answer = await say(command, CommandContext(command_id=command_id, actor=ACTOR))
        new += answer.said
        if answer.refusal:
            log.info("suggester.refused", person=command.person_id, why=answer.refusal.reason)
    return new


def _command(suggestion: Suggestion) -> SuggestLink:
    return SuggestLink(
        person_id=persons.of_identity(suggestion.player_hash),
        wsop_player_id=suggestion.player_id,
        confidence=suggestion.confidence,
        method=suggestion.method,
        evidence=suggestion.evidence,
    )
