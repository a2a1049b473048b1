"""The identity of a player as a PokerGFX export knows one: the two names as typed.

The hash is a source key, not a person: one person typed in two ways has two. Who is who is decided
by links and seat corrections, outside of this library.
"""

import hashlib
from collections.abc import Callable, Sequence

from contracts.poker.hand import Hand

# Names the seats of one person in a hand: none, one, or more when the record names it twice.
type Pick = Callable[[Hand], Sequence[int]]


def player_hash(name: str, long_name: str) -> str:
    """MD5 (hex) of both names, each trimmed and in lower case, joined by a colon, as UTF-8.

    It is the source's own key for a player, so MD5 is given; it protects nothing.
    """
    text = f"{name.strip().lower()}:{long_name.strip().lower()}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def by_hash(wanted: str) -> Pick:
    """A pick of the seats that carry this player hash."""

    def seats_of(hand: Hand) -> list[int]:
        return [
            seat.seat for seat in hand.seats if player_hash(seat.name, seat.long_name) == wanted
        ]

    return seats_of


def by_seat(number: int) -> Pick:
    """A pick of this seat, whoever sits there: only for figures that belong to the chair."""

    def seats_of(hand: Hand) -> list[int]:
        return [seat.seat for seat in hand.seats if seat.seat == number]

    return seats_of
