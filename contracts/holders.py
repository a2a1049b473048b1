"""Who a row of the tournament platform is about: the key under which its stacks and places lie.

A player's key is the person id. A row that only names somebody is nobody yet: its key is the name,
and never becomes a person by itself. A seat is no part of it: people change seats, and who is out
has none.
"""

from contracts import persons
from contracts.people.names import name_key

NAMED = "n:"


def holder_key(player_id: str | None, player_name: str | None) -> str:
    """Key of whoever a row is about; a name is one holder wherever it sits."""
    if player_id is not None:
        return persons.of_wsop_player(player_id)
    return f"{NAMED}{name_key(player_name or '') or player_name or ''}"
