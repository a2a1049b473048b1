"""Exports of a PokerGFX PC, damaged by somebody who knows their structure.

A seed decides everything: the simulated game, what is done to its JSON, and then to its bytes. So a
file that does harm is told by its seed alone.
"""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from contracts.poker.ticks import ticks_to_utc
from tests.support.damages import BASES, DAMAGES, base
from tests.support.gfx_files import GAME_ID, encoded

# Of all files: some are large, which is slow to make and slower to read.
LARGE_SHARE = 0.005
# Written behind a key to give the same object another one of its name; no text of a game has it.
TWIN = "\ue000"

type Tree = dict[str, Any]
type Node = dict[str, Any] | list[Any]
type Change = Callable[[Random, Tree], None]


class Mutated(NamedTuple):
    """One damaged file: the bytes before (as the PC wrote them), the bytes now, what was done."""

    before: bytes
    data: bytes
    done: tuple[str, ...]


NUMBERS = (
    0, -1, 1, 10, 11, 255, 2**31 - 1, 2**31, -(2**31) - 1, 2**53 - 1, 2**53, -(2**53), 2**63 - 1,
    2**63, -(2**63), 2**64, 10**40, -(10**400), 0.5, -0.0, 1e15, 1e308, float("nan"), float("inf"),
)  # fmt: skip
TEXTS = (
    "", " ", "A\x00B", "\ud800", "\udc00x", "\ud83d\ude00", "😀", "Zoë", "\u202egnp", "\r\n\t",
    "\\", '"', "</script>", "../..", "'; drop table hand; --", "\ufeff", "\x1b[2J", "N" * 5_000,
    "김하늘", "\u0000", "%s%n", "{}[]", "\x7f\x85\u2028", "a" * 70_000, "null",
)  # fmt: skip
CARDS = (
    "as",
    "AS",
    "10d",
    "Td",
    "1d",
    "",
    "??",
    "as as",
    "2c 3c 4c 5c 6c",
    "🂡",
    "as,kd",
    "  ",
    "x" * 99,
)
KINDS = (
    "FOLD",
    "CHECK",
    "CALL",
    "BET",
    "ALL IN",
    "BOARD CARD",
    "ALL_IN",
    "RAISE",
    "WIN",
    "",
    "fold",
)
MOMENTS = (
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "0000-00-00T00:00:00Z",
    "10000-01-01T00:00:00Z", "2031-02-30T00:00:00Z", "2031-03-01T24:00:00Z", "2031-03-01",
    "2031-03-01T23:59:60Z", "2031-03-01T10:00:00+02:00", "2031-03-01T10:00:00.12345678Z",
    "2031-03-01T10:00:00.1Z", "2031-03-01 10:00:00Z", "", "now", "٢٠٣١-03-01T10:00:00Z",
    "2031-03-01T10:00:00Z\n", "-2031-03-01T10:00:00Z", "1969-12-31T23:59:59.9999999Z",
)  # fmt: skip
DURATIONS = (
    "PT0S", "PT6.8S", "PT35M37.2S", "P1DT1H1M1.0000001S", "PT1H", "P366D", "P367D", "P1Y", "P1M",
    "P1W", "-PT5S", "PT-5S", "PT", "P", "", "PT5", "PT1.5M", "PT99999999S", "PT9999999S", "pt5s",
    "PT5,5S", "PT1S1M", "00:01:30", "PT1.12345678S", "P366DT1S", "PT٣S",
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": {}}, "", "5", 5, 5.0)


def mutated(seed: int) -> Mutated:
    """The damaged file of a seed."""
    rng = Random(f"railcast-mutations:{seed}")
    before = base(rng.randrange(BASES))
    tree, done = json.loads(before), []
    for change in _drawn(rng, CHANGES, rng.choice((0, 1, 1, 1, 2, 3))):
        change(rng, tree)
        done.append(change.__name__)
    if rng.random() < LARGE_SHARE:
        large = rng.choice(LARGE_CHANGES)
        large(rng, tree)
        done.append(large.__name__)
    data = _bytes(tree)
    for damage in _drawn(rng, DAMAGES, rng.choice((0, 0, 0, 0, 1, 2)) if done else 1):
        data = damage(rng, data)
        done.append(damage.__name__)
    return Mutated(before, data, tuple(done))


def _drawn[T](rng: Random, every: tuple[T, ...], count: int) -> list[T]:
    return [rng.choice(every) for _ in range(count)]


def _bytes(tree: Tree) -> bytes:
    return encoded(tree).replace(b'\\ue000":', b'":')


def _nodes(tree: Node) -> Iterator[Node]:
    """Every object and list of a tree, the root first."""
    yield tree
    for child in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(child, dict | list):
            yield from _nodes(child)


def _places(tree: Tree, kind: type = object) -> list[tuple[Any, Any]]:
    """Every place of a value of this kind, as its node and the key or index there."""
    found = []
    for node in _nodes(tree):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        found += [(node, at) for at, value in items if isinstance(value, kind)]
    return found


def _objects(tree: Tree, *needed: str) -> list[Tree]:
    """Every object with these keys, whatever they hold."""
    return [n for n in _nodes(tree) if isinstance(n, dict) and all(key in n for key in needed)]


def _set(rng: Random, places: list[tuple[Any, Any]], values: tuple[Any, ...]) -> None:
    if places:
        node, at = rng.choice(places)
        node[at] = rng.choice(values)


def _set_key(rng: Random, tree: Tree, keys: tuple[str, ...], values: tuple[Any, ...]) -> None:
    _set(rng, [(each, key) for key in keys for each in _objects(tree, key)], values)


def _list(rng: Random, tree: Tree, key: str) -> list[Any]:
    """One of the lists under a key; a new one where none is left."""
    lists = [each[key] for each in _objects(tree, key) if isinstance(each[key], list)]
    return rng.choice(lists) if lists else []


def drop_key(rng: Random, tree: Tree) -> None:
    node = rng.choice(_objects(tree))
    if node:
        del node[rng.choice(list(node))]


def rename_key(rng: Random, tree: Tree) -> None:
    node = rng.choice(_objects(tree))
    if node:
        key = rng.choice(list(node))
        node[rng.choice((key.lower(), key + " ", key[1:], "", "Ébène", key + "Amt"))] = node.pop(
            key
        )


def repeat_key(rng: Random, tree: Tree) -> None:
    node = rng.choice(_objects(tree))
    if node:
        key = rng.choice(list(node))
        node[key + TWIN] = rng.choice((node[key], None, 7))


def foreign_key(rng: Random, tree: Tree) -> None:
    rng.choice(_objects(tree))[rng.choice(("Season", "", "name", "\x00", "键"))] = rng.choice(
        VALUES
    )


def retype(rng: Random, tree: Tree) -> None:
    _set(rng, _places(tree), VALUES)


def nothing(rng: Random, tree: Tree) -> None:
    _set(rng, _places(tree), (None,))


def odd_number(rng: Random, tree: Tree) -> None:
    _set(rng, _places(tree, int), NUMBERS)


def chips_moved(rng: Random, tree: Tree) -> None:
    keys = ("StartStackAmt", "EndStackAmt", "BetAmt", "Pot", "AnteAmt", "BigBlindAmt")
    _set_key(rng, tree, keys, (0, -1, 1, rng.randrange(10**9), 2**53 - 1, -(2**53) + 1))


def odd_text(rng: Random, tree: Tree) -> None:
    _set(rng, _places(tree, str), TEXTS)


def odd_name(rng: Random, tree: Tree) -> None:
    _set_key(rng, tree, ("Name", "LongName"), TEXTS)


def odd_card(rng: Random, tree: Tree) -> None:
    _set_key(rng, tree, ("BoardCards",), CARDS)


def odd_hole_cards(rng: Random, tree: Tree) -> None:
    cards = [rng.choice(CARDS) for _ in range(rng.randrange(4))]
    _set_key(rng, tree, ("HoleCards",), (cards, [" ".join(cards)], [None], [[]], "as kd"))


def odd_kind(rng: Random, tree: Tree) -> None:
    _set_key(rng, tree, ("EventType", "Type", "GameVariant", "AnteType"), KINDS)


def odd_moment(rng: Random, tree: Tree) -> None:
    _set_key(rng, tree, ("StartDateTimeUTC", "CreatedDateTimeUTC"), MOMENTS)


def odd_duration(rng: Random, tree: Tree) -> None:
    _set_key(rng, tree, ("Duration", "RecordingOffsetStart"), DURATIONS)


def odd_seat(rng: Random, tree: Tree) -> None:
    keys = ("PlayerNum", "ButtonPlayerNum", "SmallBlindPlayerNum", "BigBlindPlayerNum")
    _set_key(rng, tree, keys, (0, 1, 2, 9, 10, 11, -1, 2**31 - 1))


def seat_twice(rng: Random, tree: Tree) -> None:
    players = _list(rng, tree, "Players")
    if players:
        players.append(json.loads(json.dumps(rng.choice(players))))


def card_twice(rng: Random, tree: Tree) -> None:
    _set_key(rng, tree, ("HoleCards",), (["as as"], ["as kd"]))
    _set_key(rng, tree, ("HoleCards",), (["as kd"],))


def more_board(rng: Random, tree: Tree) -> None:
    events = _list(rng, tree, "Events")
    card = {"EventType": "BOARD CARD", "PlayerNum": 0, "BetAmt": 0, "Pot": 0, "BoardNum": 1}
    for _ in range(rng.choice((1, 3, 6, 60))):
        at = rng.randint(0, len(events))
        events.insert(at, card | {"BoardCards": rng.choice((*CARDS, None))})


def stranger_acts(rng: Random, tree: Tree) -> None:
    events = _list(rng, tree, "Events")
    for _ in range(rng.choice((1, 2, 20))):
        event = {"EventType": rng.choice(KINDS), "PlayerNum": rng.choice((0, 1, 10, 77, -3))}
        event |= {"BetAmt": rng.choice((0, 5, -5, 2**53 - 1)), "Pot": rng.choice((0, 12345))}
        events.insert(rng.randint(0, len(events)), event)


def shuffled(rng: Random, tree: Tree) -> None:
    lists = [node for node in _nodes(tree) if isinstance(node, list) and len(node) > 1]
    if lists:
        rng.shuffle(rng.choice(lists))


def doubled(rng: Random, tree: Tree) -> None:
    lists = [node for node in _nodes(tree) if isinstance(node, list) and node]
    if lists:
        chosen = rng.choice(lists)
        chosen.append(json.loads(json.dumps(rng.choice(chosen))))


def emptied(rng: Random, tree: Tree) -> None:
    rng.choice(list(_nodes(tree))).clear()


def cut_list(rng: Random, tree: Tree) -> None:
    lists = [node for node in _nodes(tree) if isinstance(node, list) and node]
    if lists:
        chosen = rng.choice(lists)
        del chosen[rng.randrange(len(chosen)) :]


def same_start(rng: Random, tree: Tree) -> None:
    starts = [each["StartDateTimeUTC"] for each in _objects(tree, "StartDateTimeUTC")]
    if starts:
        _set_key(rng, tree, ("StartDateTimeUTC",), tuple(starts))


def other_game(rng: Random, tree: Tree) -> None:
    tree["ID"] = rng.choice((GAME_ID + 1, 0, -1, 2**63 - 1, 2**63, str(GAME_ID), 1.0))


def other_hands(rng: Random, tree: Tree) -> None:
    tree["Hands"] = json.loads(base(rng.randrange(BASES)))["Hands"]


def deep(rng: Random, tree: Tree) -> None:
    node: Any = 1
    for _ in range(rng.choice((20, 30, 40, 500))):
        node = [node] if rng.random() < 0.5 else {"D": node}
    rng.choice(_objects(tree))["Deep"] = node


def many_hands(rng: Random, tree: Tree) -> None:
    hands = _list(rng, tree, "Hands")
    if hands and isinstance(hands[0], dict):
        for number in range(rng.choice((500, 1_200, 10_000, 10_100))):
            start = ticks_to_utc(GAME_ID + number * 10_000_000)
            hands.append({**hands[0], "Players": [], "Events": [], "StartDateTimeUTC": start})


def many_seats(rng: Random, tree: Tree) -> None:
    players = _list(rng, tree, "Players")
    if players and isinstance(players[0], dict):
        for seat in range(11, rng.choice((40, 900, 1_400))):
            players.append({**players[0], "PlayerNum": seat, "StartStackAmt": 2**53 - 1})


def many_actions(rng: Random, tree: Tree) -> None:
    events = _list(rng, tree, "Events")
    if events:
        events *= rng.choice((20, 200, 1_000))


def most_chips(rng: Random, tree: Tree) -> None:
    """As many chips in one pot as a record can tell."""
    for hand in _objects(tree, "Players", "Events")[:1]:
        like = {"Name": "", "StartStackAmt": 2**53 - 1, "EndStackAmt": 0}
        seats = range(1, rng.choice((100, 240, 400)))
        hand["Players"] = [{"PlayerNum": seat} | like for seat in seats]
        bet = {"EventType": "BET", "BetAmt": 2**53 - 1, "Pot": 0}
        card = {"EventType": "BOARD CARD", "PlayerNum": 0, "BetAmt": 0, "Pot": 0}
        street = [bet | {"PlayerNum": seat} for seat in seats]
        hand["Events"] = [*street, *[card] * 3, *street, card, *street, card, *street]


def giant_text(rng: Random, tree: Tree) -> None:
    _set(rng, _places(tree, str), (rng.choice(("x", "é", "😀", "\\", "[")) * 1_100_000,))


CHANGES: tuple[Change, ...] = (
    drop_key, rename_key, repeat_key, foreign_key, retype, nothing, odd_number, chips_moved,
    odd_text, odd_name, odd_card, odd_hole_cards, odd_kind, odd_moment, odd_duration, odd_seat,
    seat_twice, card_twice, more_board, stranger_acts, shuffled, doubled, emptied, cut_list,
    same_start, other_game, other_hands, deep,
)  # fmt: skip
LARGE_CHANGES: tuple[Change, ...] = (many_hands, many_seats, many_actions, most_chips, giant_text)
