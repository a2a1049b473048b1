"""One question to the views, and what its answer makes of a cue.

A question is one statement, so that everything in its answer is of one moment. It returns two
columns: `places`, how far each projection it reads had come, and `found`, a JSON document.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from contracts import subjects
from contracts.compositions import Data
from contracts.messages.cuesheet import HandPoint
from contracts.messages.override import LinkVerified
from contracts.messages.wsop import EventsTold, ImportClosed, PlayersTold, StandingsTold

# $1 names the projections a question reads.
PLACES = """
    (select json_object_agg(projection, json_build_object('sequence', seq, 'log_id', log_id))
        from views.checkpoints where projection = any($1::text[])) as places
"""


class MissingBinding(Exception):
    """There are no data for the graphic; the sentence says which."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask: the statement and its arguments from $2 on.

    `reads` names each projection read, with the subjects of the facts that can change what it
    answers here: it must have folded the newest of them.
    """

    reads: Mapping[str, tuple[str, ...]]
    sql: str
    arguments: tuple[Any, ...]


# Overrides, and the links by which hands and people know who an identity is.
PEOPLE_SAID = subjects.events_of(LinkVerified.TYPE.owner, LinkVerified.TYPE.entity)


def game_facts(game_id: str | None) -> str:
    """Filter that covers the facts of a game, of every game if None."""
    if game_id is None:
        return subjects.events_of("gfx", "game")
    return subjects.entity("gfx", "game", game_id)


def hand_facts(game_id: str | None) -> tuple[str, ...]:
    """What can change the hands of a game, and who sat in them."""
    return (game_facts(game_id), PEOPLE_SAID)


def people_facts(game_id: str | None) -> tuple[str, ...]:
    """What can change the names and countries of people at a table.

    Of files only those that tell of players: counts of chips name strangers alone, and a take must
    not wait for ten thousand of them. A hand elsewhere may spell somebody anew who left this table;
    that is not waited for.
    """
    return (*hand_facts(game_id), _told(PlayersTold))


def event_facts() -> tuple[str, ...]:
    """What can change the payouts and the players left of a tournament event."""
    return (_told(EventsTold), _told(StandingsTold), _told(ImportClosed))


def _told(fact: type[EventsTold | PlayersTold | StandingsTold | ImportClosed]) -> str:
    kind = fact.TYPE
    return subjects.events_named(kind.owner, kind.entity, kind.name)


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer holds for the cue: the data of its graphic and the hand they stand for."""

    data: Data
    point: HandPoint


class Game(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the view `games`, as far as a binding needs it."""

    game_id: str
    table_type: str
    hands: int
    excluded: bool
    exclusion_reason: str | None
    incomplete: bool


GAME = """
    select game_id, table_type, hands, excluded, exclusion_reason, incomplete from views.games
"""
# Who the person id in {0} is now: an identity that was linked meanwhile is the player.
PERSON = """
    coalesce(
        (select person_id from views.identities where identity_id = {0}::text limit 1), {0}::text)
"""


def usable(game: Game | None, game_id: str) -> Game:
    """The game, if its hands may go on air. Raises MissingBinding with the reason why not."""
    if game is None:
        raise MissingBinding(f"nothing was ever read of game {game_id}")
    if game.excluded:
        raise MissingBinding(f"game {game_id} is excluded: {game.exclusion_reason or 'no reason'}")
    if game.incomplete:
        raise MissingBinding(f"a fact of game {game_id} was set aside; its hands may be old")
    if not game.hands:
        raise MissingBinding(f"game {game_id} has no hand with players yet")
    return game


def ordinal_of(game: Game, asked: int | None) -> int:
    """The hand that is meant: the one asked for, else the last. Raises MissingBinding."""
    if asked is not None and asked >= game.hands:
        raise MissingBinding(
            f"game {game.game_id} has {game.hands} hands; there is none with ordinal {asked}"
        )
    return game.hands - 1 if asked is None else asked
