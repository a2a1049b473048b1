"""Who a row of the tournament platform is about: the key under which its stacks and places lie.

A player's key is the person id. A row that only names somebody is nobody yet: its key is the name,
told apart by its seat where it has one, and never becomes a person by itself.
"""

from contracts import persons
from contracts.people.names import name_key

NAMED = "n:"


def holder_key(
    player_id: str | None, player_name: str | None, table: int | None, seat: int | None
) -> str:
    """Key of whoever a row is about."""
    if player_id is not None:
        return persons.of_wsop_player(player_id)
    place = "" if table is None and seat is None else f":{table or ''}:{seat or ''}"
    return f"{NAMED}{name_key(player_name or '') or player_name or ''}{place}"
