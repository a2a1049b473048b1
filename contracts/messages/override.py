"""What people say about people: overrides of single fields, links, pictures, and erasure.

Entity `person`, id = person id (`contracts.persons`). What a source says is never changed: an
override holds beside it, on the id it was set on, for a window of time, until it is withdrawn.

Private fields (`contracts.people.fields.PRIVATE`) and pictures are objects of the object store and
only named here by their keys, so that deleting the objects erases them.

Who did it and when is in the envelope: `ce-actor` and `ce-time` of `override_approved` are the
approval record. Windows are half-open: from `valid_from`, inclusive, until `valid_until`,
exclusive; None is open. Reasons and notes stay for ever: nothing private belongs there.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.messages import Event, MessageType

type OverrideField = Literal[
    "name",
    "name_korean",
    "name_display",
    "name_short",
    "country_code",
    "country_name",
    "profile_image_url",
    "notable_wins",
    "bio",
    "social_links",
    "birth_date",
    "contact",
]
type Phase = Literal["scheduled", "effective", "expired"]
type LinkMethod = Literal["exact", "normalised", "fuzzy", "co_occurrence"]
type ImageType = Literal["profile", "thumbnail", "broadcast", "headshot", "action", "flag_overlay"]
type RenditionUse = Literal["master", "broadcast", "thumbnail"]


class LinkEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why two names may be one person.

    `rule` names the comparison that held (`contracts.people.matching.Rule`), `similarity` is the
    plain likeness of both names, 0-100. `borrowed` is the long name of another identity with the
    same short one, where this identity has none of its own. `seats` counts the chip counts that
    list the player where the identity sat, `rivals` the other players who match as well.
    """

    rule: str
    gfx_name: str
    gfx_long_name: str
    player_name: str
    similarity: int
    borrowed: str = ""
    seats: int = 0
    rivals: int = 0


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """One stored form of a picture; `object` is its key, sizes in pixels and bytes.

    `master` is the whole picture, `broadcast` at most as high as the screen, `thumbnail` a square.
    """

    use: RenditionUse
    object: str
    sha256: str
    media_type: Literal["image/png", "image/jpeg"]
    bytes: int
    width: int
    height: int


class ImageSource(msgspec.Struct, frozen=True, kw_only=True):
    """What was uploaded: format found by decoding, size as stored in the file."""

    format: Literal["png", "jpeg", "webp"]
    bytes: int
    width: int
    height: int


class OverrideSet(Event, frozen=True, kw_only=True):
    """A field of a person has another value within a window.

    `value` is that of a public field, `object` the key of a private one's; exactly one is given.
    `created_at` is when it was decided; `phase` is where that moment lies in the window. The later
    phases are told by `override_activated` and `override_expired`.
    """

    TYPE: ClassVar = MessageType("override", "person", "override_set", "person_id")
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
    phase: Phase


class OverrideActivated(Event, frozen=True, kw_only=True):
    """The window of an override began at `effective_at`, its `valid_from`; maybe told late."""

    TYPE: ClassVar = MessageType("override", "person", "override_activated", "person_id")
    person_id: str
    override_id: str
    field: OverrideField
    effective_at: datetime


class OverrideExpired(Event, frozen=True, kw_only=True):
    """The window of an override ended at `effective_at`, its `valid_until`; maybe told late."""

    TYPE: ClassVar = MessageType("override", "person", "override_expired", "person_id")
    person_id: str
    override_id: str
    field: OverrideField
    effective_at: datetime


class OverrideWithdrawn(Event, frozen=True, kw_only=True):
    """An override is taken back."""

    TYPE: ClassVar = MessageType("override", "person", "override_withdrawn", "person_id")
    person_id: str
    override_id: str
    field: OverrideField
    reason: str


class OverrideApproved(Event, frozen=True, kw_only=True):
    """Somebody checked an override."""

    TYPE: ClassVar = MessageType("override", "person", "override_approved", "person_id")
    person_id: str
    override_id: str
    note: str


class PersonCreated(Event, frozen=True, kw_only=True):
    """Somebody no source knows."""

    TYPE: ClassVar = MessageType("override", "person", "person_created", "person_id")
    person_id: str
    name: str
    reason: str


class PersonErased(Event, frozen=True, kw_only=True):
    """The private overrides and the pictures of a person are gone, and their objects with them.

    `overrides` and `images` are their ids, `objects` the keys that no longer lead anywhere; an
    override of `profile_image_url` is among them. Whoever keeps a copy drops it. What is set
    afterwards holds as ever.
    """

    TYPE: ClassVar = MessageType("override", "person", "person_erased", "person_id")
    person_id: str
    reason: str
    overrides: tuple[str, ...]
    images: tuple[str, ...]
    objects: tuple[str, ...]


class LinkSuggested(Event, frozen=True, kw_only=True):
    """A PokerGFX identity (`person_id` = `g-...`) may be a player; `confidence` 0-100."""

    TYPE: ClassVar = MessageType("override", "person", "link_suggested", "person_id")
    person_id: str
    wsop_player_id: str
    confidence: int
    method: LinkMethod
    evidence: LinkEvidence


class LinkVerified(Event, frozen=True, kw_only=True):
    """A person said that an identity is a player. `method` and `confidence` are those of the
    suggestion, None where nobody had suggested it.
    """

    TYPE: ClassVar = MessageType("override", "person", "link_verified", "person_id")
    person_id: str
    wsop_player_id: str
    confidence: int | None
    method: LinkMethod | None
    reason: str


class LinkRejected(Event, frozen=True, kw_only=True):
    """A person said that an identity is not a player."""

    TYPE: ClassVar = MessageType("override", "person", "link_rejected", "person_id")
    person_id: str
    wsop_player_id: str
    reason: str


class LinkRemoved(Event, frozen=True, kw_only=True):
    """A verified link is taken back: the identity stands for itself again."""

    TYPE: ClassVar = MessageType("override", "person", "link_removed", "person_id")
    person_id: str
    wsop_player_id: str
    reason: str


class ImageAdded(Event, frozen=True, kw_only=True):
    """A picture of a person, decoded and written anew; nothing of the uploaded file is kept."""

    TYPE: ClassVar = MessageType("override", "person", "image_added", "person_id")
    person_id: str
    image_id: str
    image_type: ImageType
    source: ImageSource
    renditions: tuple[Rendition, ...]
    note: str


class ImageApproved(Event, frozen=True, kw_only=True):
    """A picture may be shown."""

    TYPE: ClassVar = MessageType("override", "person", "image_approved", "person_id")
    person_id: str
    image_id: str
    note: str


class ImageMadePrimary(Event, frozen=True, kw_only=True):
    """A picture is the one of its type; the one before no longer is."""

    TYPE: ClassVar = MessageType("override", "person", "image_made_primary", "person_id")
    person_id: str
    image_id: str
    image_type: ImageType


class ImageRemoved(Event, frozen=True, kw_only=True):
    """A picture is taken away; if it was primary, its type has no primary any more."""

    TYPE: ClassVar = MessageType("override", "person", "image_removed", "person_id")
    person_id: str
    image_id: str
    image_type: ImageType
    reason: str
