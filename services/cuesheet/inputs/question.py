"""One question to the views, and what its answer makes of a cue.

A question is one statement, so that everything in its answer is of one moment. It returns two
columns: `places`, how far each projection it reads had come, and `found`, a JSON document.
"""

from typing import Any

import msgspec

from contracts.compositions import Data
from contracts.messages.cuesheet import HandPoint

# $1 names the projections a question reads.
PLACES = """
    (select json_object_agg(projection, json_build_object('sequence', seq, 'log_id', log_id))
        from views.checkpoints where projection = any($1::text[])) as places
"""


class MissingBinding(Exception):
    """There are no data for the graphic; the sentence says which."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask: the projections read, the statement and its arguments from $2 on.

    `game_id` is the game whose newest fact the answer must show, None for those of every game.
    """

    reads: tuple[str, ...]
    sql: str
    arguments: tuple[Any, ...]
    game_id: str | None


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
