"""Ids of people: who somebody is, whatever names a source has for them.

| form | is |
|---|---|
| `g-<player hash>` | a PokerGFX identity that nobody linked to a person yet |
| `w-<player id>` | a player of the tournament platform |
| `m-<uuid>` | somebody only an operator knows |
"""

import re

from contracts import subjects

GFX = "g"
WSOP = "w"
MANUAL = "m"

# What a person id may look like wherever one is taken in.
PERSON_ID = r"[gwm]-[A-Za-z0-9_=-]{1,64}"
_PERSON_ID = re.compile(PERSON_ID + r"\Z")


def of_identity(player_hash: str) -> str:
    """Person id of a PokerGFX identity."""
    return f"{GFX}-{player_hash}"


def of_wsop_player(player_id: str) -> str:
    """Person id of a player of the tournament platform, whatever characters its id has."""
    return f"{WSOP}-{subjects.token(player_id)}"


def of_operator(entry_id: str) -> str:
    """Person id of somebody an operator entered under an id of ours."""
    return f"{MANUAL}-{entry_id}"


def is_person_id(text: str) -> bool:
    """Whether a text has the form of a person id."""
    return _PERSON_ID.match(text) is not None
