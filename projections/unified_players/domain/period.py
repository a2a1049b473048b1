"""What holds of a person, as periods of knowledge, and where each value comes from.

A period holds from the sequence that told it (`from_seq`) up to, not including, the one that told
otherwise (`to_seq`). So what was known at sequence n is every period with from_seq <= n < to_seq.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.rows import Row

type Origin = Literal["override", "image", "wsop", "gfx", "manual"]
# What is made of the text a source says: upper case, or its last word.
type Derived = Literal["", "upper", "last_word"]
type Value = str | int | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value of a field and its proof; the first of a field's candidates holds.

    `id` is the person id it was told of, `sequence` the fact that told it. A source names its file:
    `path` and `sha256`, the line or JSON pointer `at` of the record in it, and the column or key.
    What can be erased is not kept here: then `value` is None, and the override, the picture or
    `sequence` leads to it.
    """

    origin: Origin
    id: str
    sequence: int
    told_at: datetime
    value: Value = None
    derived: Derived = ""
    path: str = ""
    sha256: str = ""
    at: str = ""
    key: str = ""
    override_id: str = ""
    priority: int | None = None
    image_id: str = ""


class PeriodRow(Row, frozen=True, kw_only=True):
    """A person as known for a while. Money is cents; None is what nobody told.

    `ids` are all ids of the person, `sources` who tells of them; `stub` is a player of whom only
    a stack was told, `event_ids` the tournament events that told one. `search` holds the keys of
    all their names, `letters` every three letters in a row of them. `fields` holds the candidates
    by field, the one that holds first; `bio`, `social_links` and `profile_image` are only there.
    """

    TABLE: ClassVar = "period"
    KEY: ClassVar = ("person_id", "from_seq")
    AUDIT: ClassVar = ("from_seq", "to_seq", "said_at", "fields")
    # The one that holds is kept with its person.
    READ: ClassVar = False

    person_id: str
    from_seq: int
    to_seq: int | None = None
    said_at: datetime
    ids: tuple[str, ...]
    sources: tuple[str, ...]
    stub: bool
    event_ids: tuple[str, ...]
    sort_key: str
    search: str
    letters: tuple[str, ...]
    name: str | None
    name_display: str | None
    name_short: str | None
    name_korean: str | None
    notable_wins: str | None
    country_code: str | None
    country_name: str | None
    bracelets: int | None
    rings: int | None
    cashes: int | None
    earnings: int | None
    achievement: str | None
    nickname: str | None
    city: str | None
    fields: dict[str, tuple[Candidate, ...]]

    def says_the_same(self, other: "PeriodRow") -> bool:
        """Whether both tell one thing for the same reasons, whenever each was said."""
        return other == msgspec.structs.replace(
            self, from_seq=other.from_seq, to_seq=other.to_seq, said_at=other.said_at
        )
