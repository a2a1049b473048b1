"""What the API answers about people. Field names are the columns of `contracts.views`.

Money is cents, times are RFC 3339 in UTC, sequences positions in the log.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from contracts.messages.override import OverrideField

type PersonField = Literal[
    "name",
    "name_display",
    "name_short",
    "name_korean",
    "bio",
    "notable_wins",
    "social_links",
    "country_code",
    "country_name",
    "profile_image",
    "bracelets",
    "rings",
    "cashes",
    "earnings",
    "achievement",
    "nickname",
    "city",
]
type Origin = Literal["override", "image", "wsop", "gfx", "manual"]

Renditions = Annotated[list[dict[str, Any]], BeforeValidator(lambda found: found or [])]


class Player(BaseModel):
    """A person: all ids, who tells of them, and the values that hold.

    `stub`: only a stack of this player was told. `notable_wins` is a JSON list as text. A picture
    is either an address or renditions, which are served below the id in their `origin`.
    """

    person_id: str
    from_seq: int
    said_at: datetime
    ids: list[str]
    sources: list[Literal["wsop", "gfx", "manual"]]
    stub: bool
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
    profile_image_url: str | None
    profile_image_renditions: Renditions
    event_ids: list[str]
    incomplete: bool


class Candidate(BaseModel):
    """One value of a field and where it comes from; a source's file, its record and the key there.

    `derived` says what was made of the text: upper case, or the last word.
    """

    origin: Origin
    id: str
    sequence: int
    told_at: datetime
    value: str | int | None = None
    derived: str = ""
    path: str = ""
    sha256: str = ""
    at: str = ""
    key: str = ""
    override_id: str = ""
    priority: int | None = None
    image_id: str = ""


class OnePlayer(Player):
    """One person with private fields and the candidate that holds of every field."""

    bio: str | None
    social_links: dict[str, str] | None
    provenance: dict[str, Candidate]


class Found(Player):
    """A person found by a name; 100 is the name itself, less is less alike."""

    score: int


class FoundPlayers(BaseModel):
    """People by likeness of a name, best first."""

    items: list[Found]


class Fact(BaseModel):
    """A fact of the log: what it is, who said it and when."""

    sequence: int
    type: str
    id: str
    said_at: str
    actor: str


class Step(Candidate):
    """A candidate with the fact that told it, and the fact by which its id is this person."""

    fact: Fact | None
    linked_by: Fact | None = None
    reason: str | None = None


class ErasedValue(BaseModel):
    """Something that once told a field and was erased: an override or a picture of one of the ids.

    `set_by` is the fact that told it, `erased_by` the one that erased it, for `reason`.
    """

    origin: Literal["override", "image"]
    id: str
    override_id: str = ""
    image_id: str = ""
    set_by: Fact | None
    erased_by: Fact | None
    reason: str


class Explanation(BaseModel):
    """Why a field has its value: what holds, what was overruled, in order, and what was erased."""

    person_id: str
    field: PersonField
    value: str | int | None
    holds: Step | None
    overruled: list[Step]
    erased: list[ErasedValue]


class Word(BaseModel):
    """One thing that was said of an override, a link or a picture."""

    word: str
    actor: str
    said_at: datetime
    sequence: int
    text: str = ""


class Override(BaseModel):
    """An override; the value of a private one is only named by the key of its object."""

    person_id: str
    override_id: str
    field: OverrideField
    value: str | None
    object: str | None
    reason: str
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime
    status: Literal["scheduled", "effective", "expired", "withdrawn", "erased"]
    approved: bool
    sequence: int
    history: list[Word]


type LinkStatus = Literal["suggested", "verified", "rejected", "removed"]


class Link(BaseModel):
    """What was said of an identity and a player of the platform."""

    person_id: str
    wsop_player_id: str
    player_person_id: str
    status: LinkStatus
    confidence: int | None
    method: str | None
    evidence: dict[str, Any] | None
    sequence: int
    history: list[Word]


class NamedLink(Link):
    """A link with the name a table gives the identity, and the one the player has."""

    identity_name: str | None
    player_name: str | None


class Image(BaseModel):
    """A picture; one of each id and type is primary."""

    person_id: str
    image_id: str
    image_type: str
    source: dict[str, Any]
    renditions: list[dict[str, Any]]
    approved: bool
    is_primary: bool
    status: Literal["kept", "removed", "erased"]
    sequence: int
    history: list[Word]


class Listed[Item](BaseModel):
    """All of one kind that one person has."""

    items: list[Item]
    total: int = Field(ge=0)
