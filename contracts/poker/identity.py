"""The identity of a player as a PokerGFX export knows one: the two names as typed.

The hash is a source key, not a person: one person typed in two ways has two. Who is who is decided
by links and seat corrections, outside of this library.
"""

import hashlib
from functools import lru_cache

# The same few people sit in every hand; so many were in no series yet.
KEPT_MAX = 4096


@lru_cache(KEPT_MAX)
def player_hash(name: str, long_name: str) -> str:
    """MD5 (hex) of both names, each trimmed and in lower case, joined by a colon, as UTF-8.

    It is the source's own key for a player, so MD5 is given; it protects nothing.
    """
    text = f"{name.strip().lower()}:{long_name.strip().lower()}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
