"""Hands to export, simulated or real, and a strict referee for a hand history in PHH."""

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from pokerkit import HandHistory, State
from pokerkit.notation import parse_action

from deploy.export.record import HandRecord
from deploy.simulate.export import Game, export
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.record import GameKind
from deploy.simulate.table import play
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.gfx_files import real_files

FIRST_GAME = 639_700_000_000_000_000
# Without hands whose End stacks are nobody's result: most hands are settled.
SETTLED = replace(Quirks.rough(), void=0, edited=0, open_last=0, repeated_number=0)


def simulated(
    seed: int,
    hands: int = 60,
    *,
    kind: GameKind = "FEATURE_TABLE",
    seats: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8, 9),
    quirks: Quirks = SETTLED,
) -> list[HandRecord]:
    """The hands of a simulated game, as they arrive from its export file."""
    game = Game(FIRST_GAME + seed, kind)
    options = GameOptions(hands=hands, kind=kind, seats=seats, quirks=quirks)
    data = export(game, play(seed, options))
    return list(records_of("river", data))


def records_of(table: str, data: bytes) -> Iterator[HandRecord]:
    """The hands of one export file."""
    found = parse(data, Origin(table, "game.json", hashlib.sha256(data).hexdigest()))
    for ordinal, told in enumerate(found.hands):
        yield HandRecord(
            game_id=found.game_id, table=table, ordinal=ordinal, hand=told.hand, digest=told.digest
        )


def real() -> list[HandRecord]:
    """Every different hand of the real exports by its game; skips the test where they are absent.

    A file that grew holds the hands of the ones before it, so the longest of a game counts.
    """
    games: dict[str, list[HandRecord]] = {}
    for _, data in real_files():
        hands = list(records_of("real", data))
        if hands and len(hands) > len(games.get(hands[0].game_id, ())):
            games[hands[0].game_id] = hands
    return [record for game in sorted(games) for record in games[game]]


class Verdict(NamedTuple):
    """What the referee says. `off` is how many chips the worst stack differs by."""

    word: str
    off: int = 0


def judge(section: str) -> Verdict:
    """Play a hand's section by the rules: accepted, out of turn, not allowed or unfinished.

    Unlike the reader of files it repairs nothing. It only burns the cards that no record has, and
    passes on a check that one seat is asked for when all others are all-in.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a misread card, twice in the deck
        history = HandHistory.loads(section)
        state = history.create_state()
        for action in history.actions:
            if not _taken(state, action):
                return Verdict(_refusal(state, action))
        if state.status:
            return Verdict("unfinished")
    told = zip(state.stacks, history.finishing_stacks or (), strict=True)
    return Verdict("accepted", max(abs(stack - finish) for stack, finish in told))


def _taken(state: State, action: str) -> bool:
    for _ in range(3):  # as it is, after a check nobody made, after a burn
        try:
            parse_action(state, action)
        except ValueError:
            if state.can_burn_card():
                state.burn_card("??")
            elif _asks_idle_check(state):
                state.check_or_call()
            else:
                return False
        else:
            return True
    return False


def _asks_idle_check(state: State) -> bool:
    idle = state.actor_index is not None and not state.can_complete_bet_or_raise_to()
    return idle and state.checking_or_calling_amount == 0


def _refusal(state: State, action: str) -> str:
    actor = state.actor_index
    return "not allowed" if actor is not None and action[:2] == f"p{actor + 1}" else "out of turn"
