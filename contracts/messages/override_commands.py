"""What is asked about people: overrides, links, pictures, and erasure.

All of them are about one person id (`contracts.persons`). Private values and pictures are not in a
command: whoever asks has stored the bytes as an upload (`contracts.people.storage`) and names it by
`upload_id`, so that nothing private, nor its hash, ever lies in a stream.
"""

from datetime import datetime
from typing import ClassVar

from contracts.messages import Command, MessageType
from contracts.messages.override import ImageType, LinkEvidence, LinkMethod, OverrideField

# What an override weighs unless it says otherwise; the smaller number wins.
PRIORITY_DEFAULT = 100


class SetOverride(Command, frozen=True, kw_only=True):
    """Give a field of a person another value: `value`, or `upload_id` for a private field.

    A window that overlaps another one of the same field and priority is refused.
    """

    TYPE: ClassVar = MessageType("override", "person", "set_override", "person_id")
    person_id: str
    override_id: str
    field: OverrideField
    reason: str
    value: str | None = None
    upload_id: str | None = None
    priority: int = PRIORITY_DEFAULT
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class WithdrawOverride(Command, frozen=True, kw_only=True):
    """Take an override back; the next one by priority, or the source, holds again."""

    TYPE: ClassVar = MessageType("override", "person", "withdraw_override", "person_id")
    person_id: str
    override_id: str
    reason: str


class ApproveOverride(Command, frozen=True, kw_only=True):
    """Put on record that somebody checked an override; it holds without that, too."""

    TYPE: ClassVar = MessageType("override", "person", "approve_override", "person_id")
    person_id: str
    override_id: str
    note: str = ""


class CreatePerson(Command, frozen=True, kw_only=True):
    """Enter somebody no source knows; the id is `m-<uuid>`."""

    TYPE: ClassVar = MessageType("override", "person", "create_person", "person_id")
    person_id: str
    name: str
    reason: str


class ErasePerson(Command, frozen=True, kw_only=True):
    """Erase the private fields and the pictures of a person."""

    TYPE: ClassVar = MessageType("override", "person", "erase_person", "person_id")
    person_id: str
    reason: str


class SuggestLink(Command, frozen=True, kw_only=True):
    """Propose that a PokerGFX identity (`person_id` = `g-...`) is a tournament platform's player.

    Proposed again with other evidence it replaces the proposal; rejected or removed, it is not
    proposed again.
    """

    TYPE: ClassVar = MessageType("override", "person", "suggest_link", "person_id")
    person_id: str
    wsop_player_id: str
    confidence: int
    method: LinkMethod
    evidence: LinkEvidence


class VerifyLink(Command, frozen=True, kw_only=True):
    """A person says that an identity is a player; it need not have been suggested."""

    TYPE: ClassVar = MessageType("override", "person", "verify_link", "person_id")
    person_id: str
    wsop_player_id: str
    reason: str


class RejectLink(Command, frozen=True, kw_only=True):
    """A person says that an identity is not a player."""

    TYPE: ClassVar = MessageType("override", "person", "reject_link", "person_id")
    person_id: str
    wsop_player_id: str
    reason: str


class RemoveLink(Command, frozen=True, kw_only=True):
    """Take a verified link back; what was set on either id stays on it."""

    TYPE: ClassVar = MessageType("override", "person", "remove_link", "person_id")
    person_id: str
    wsop_player_id: str
    reason: str


class AddImage(Command, frozen=True, kw_only=True):
    """Keep an uploaded picture of a person; it is shown once approved and made primary."""

    TYPE: ClassVar = MessageType("override", "person", "add_image", "person_id")
    person_id: str
    image_id: str
    upload_id: str
    image_type: ImageType = "profile"
    note: str = ""


class ApproveImage(Command, frozen=True, kw_only=True):
    """Say that a picture may be shown."""

    TYPE: ClassVar = MessageType("override", "person", "approve_image", "person_id")
    person_id: str
    image_id: str
    note: str = ""


class MakeImagePrimary(Command, frozen=True, kw_only=True):
    """Show an approved picture wherever one of its type is shown."""

    TYPE: ClassVar = MessageType("override", "person", "make_image_primary", "person_id")
    person_id: str
    image_id: str


class RemoveImage(Command, frozen=True, kw_only=True):
    """Take a picture away."""

    TYPE: ClassVar = MessageType("override", "person", "remove_image", "person_id")
    person_id: str
    image_id: str
    reason: str
