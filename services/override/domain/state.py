"""What was said about one person so far."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.override import (
    ImageAdded,
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
    ImageSource,
    ImageType,
    LinkRejected,
    LinkRemoved,
    LinkSuggested,
    LinkVerified,
    OverrideActivated,
    OverrideApproved,
    OverrideExpired,
    OverrideSet,
    OverrideWithdrawn,
    PersonCreated,
    PersonErased,
    Phase,
    Rendition,
)
from contracts.messages.override_commands import AddImage, SetOverride
from contracts.people import overrides
from contracts.people.overrides import Override

type LinkStatus = Literal["suggested", "verified", "rejected", "removed"]


class KeepOverride(msgspec.Struct, frozen=True, kw_only=True):
    """A `set_override` after its upload was looked at: the key of the stored private text, or what
    is wrong with it. A public field has neither.
    """

    asked: SetOverride
    object: str | None = None
    problem: Refusal | None = None


class KeepImage(msgspec.Struct, frozen=True, kw_only=True):
    """An `add_image` after its upload was decoded and stored, or what is wrong with it."""

    asked: AddImage
    source: ImageSource | None = None
    renditions: tuple[Rendition, ...] = ()
    problem: Refusal | None = None


class TellPhase(msgspec.Struct, frozen=True, kw_only=True):
    """The timer's word that a window began or ended at `due`."""

    person_id: str
    override_id: str
    phase: Literal["effective", "expired"]
    due: datetime


@dataclass
class Held:
    """One override. Withdrawn and erased ones are kept, so that their ids are not used again."""

    override: Override
    phase: Phase
    withdrawn: bool = False
    approved: bool = False


@dataclass
class Link:
    """What was said of an identity and one player."""

    status: LinkStatus
    suggestion: LinkSuggested | None = None


@dataclass
class Image:
    """One picture; removed and erased ones are kept, so that their ids are not used again."""

    image_type: ImageType
    renditions: tuple[Rendition, ...]
    approved: bool = False
    primary: bool = False
    removed: bool = False


@dataclass
class Person:
    """Everything said about one person id."""

    person_id: str
    created: bool = False
    erased: bool = False
    overrides: dict[str, Held] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)

    @property
    def objects(self) -> frozenset[str]:
        """Keys of the objects that facts still lead to."""
        private = {h.override.object for h in self.overrides.values() if h.override.object}
        pictures = {r.object for image in self.images.values() for r in image.renditions}
        return frozenset(private | pictures)

    @property
    def player_id(self) -> str | None:
        """The player this identity is, by its verified link."""
        return next((p for p, link in self.links.items() if link.status == "verified"), None)


def evolve(person: Person, event: Event) -> Person:
    """Apply one event."""
    match event:
        case PersonCreated():
            person.created = True
        case PersonErased():
            _erase(person, event)
        case (
            OverrideSet()
            | OverrideActivated()
            | OverrideExpired()
            | OverrideWithdrawn()
            | OverrideApproved()
        ):
            _evolve_override(person, event)
        case LinkSuggested() | LinkVerified() | LinkRejected() | LinkRemoved():
            _evolve_link(person, event)
        case ImageAdded() | ImageApproved() | ImageMadePrimary() | ImageRemoved():
            _evolve_image(person, event)
        case _:
            pass
    return person


def _evolve_override(
    person: Person,
    event: OverrideSet | OverrideActivated | OverrideExpired | OverrideWithdrawn | OverrideApproved,
) -> None:
    if isinstance(event, OverrideSet):
        override = overrides.from_fact(event)
        person.overrides[event.override_id] = Held(override, event.phase)
        person.erased = False
        return
    held = person.overrides[event.override_id]
    match event:
        case OverrideActivated():
            held.phase = "effective"
        case OverrideExpired():
            held.phase = "expired"
        case OverrideWithdrawn():
            held.withdrawn = True
        case OverrideApproved():
            held.approved = True


def _evolve_link(
    person: Person, event: LinkSuggested | LinkVerified | LinkRejected | LinkRemoved
) -> None:
    link = person.links.setdefault(event.wsop_player_id, Link("suggested"))
    match event:
        case LinkSuggested():
            link.status, link.suggestion = "suggested", event
        case LinkVerified():
            link.status = "verified"
        case LinkRejected():
            link.status = "rejected"
        case LinkRemoved():
            link.status = "removed"


def _evolve_image(
    person: Person, event: ImageAdded | ImageApproved | ImageMadePrimary | ImageRemoved
) -> None:
    if isinstance(event, ImageAdded):
        person.images[event.image_id] = Image(event.image_type, event.renditions)
        person.erased = False
        return
    image = person.images[event.image_id]
    match event:
        case ImageApproved():
            image.approved = True
        case ImageMadePrimary():
            for other in person.images.values():
                other.primary = other.primary and other.image_type != image.image_type
            image.primary = True
        case ImageRemoved():
            image.removed, image.primary = True, False


def _erase(person: Person, event: PersonErased) -> None:
    person.erased = True
    for override_id in event.overrides:
        held = person.overrides[override_id]
        held.withdrawn = True
        held.override = msgspec.structs.replace(held.override, object=None)
    for image_id in event.images:
        image = person.images[image_id]
        image.removed, image.primary, image.renditions = True, False, ()
