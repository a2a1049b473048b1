"""Pictures of a person: added, approved, one primary of each type, removed."""

from collections.abc import Sequence

from contracts.decision import Refusal, conflict, invalid, not_found
from contracts.messages import Event
from contracts.messages.override import (
    ImageAdded,
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
)
from contracts.messages.override_commands import ApproveImage, MakeImagePrimary, RemoveImage
from services.override.domain.refusals import id_problem, person_problem, reason_problem
from services.override.domain.state import Image, KeepImage, Person

# Six types, a few of each, replaced now and then. Removed ones count.
IMAGES_MAX = 100


def keep(command: KeepImage, person: Person) -> Sequence[Event] | Refusal:
    """Keep a picture that was decoded and stored."""
    asked = command.asked
    refused = (
        person_problem(person)
        or id_problem("image", asked.image_id)
        or reason_problem(asked.note, needed=False)
    )
    if refused:
        return refused
    if asked.image_id in person.images:
        return conflict("image_exists", f"picture {asked.image_id} exists already")
    if len(person.images) >= IMAGES_MAX:
        return conflict("too_many_images", f"a person has at most {IMAGES_MAX} pictures")
    if command.problem:
        return command.problem
    if command.source is None or not command.renditions:
        return invalid("no_image", "the upload holds no picture")
    return [
        ImageAdded(
            person_id=asked.person_id,
            image_id=asked.image_id,
            image_type=asked.image_type,
            source=command.source,
            renditions=command.renditions,
            note=asked.note.strip(),
        )
    ]


def approve(command: ApproveImage, person: Person) -> Sequence[Event] | Refusal:
    """Say that a picture may be shown."""
    image = _found(person, command.image_id)
    if isinstance(image, Refusal):
        return image
    if refused := reason_problem(command.note, needed=False):
        return refused
    if image.approved:
        return []
    return [
        ImageApproved(
            person_id=command.person_id, image_id=command.image_id, note=command.note.strip()
        )
    ]


def make_primary(command: MakeImagePrimary, person: Person) -> Sequence[Event] | Refusal:
    """Make a picture the one of its type."""
    image = _found(person, command.image_id)
    if isinstance(image, Refusal):
        return image
    if not image.approved:
        message = "only an approved picture is shown"
        return conflict("not_approved", message, "approve_image")
    if image.primary:
        return []
    return [
        ImageMadePrimary(
            person_id=command.person_id, image_id=command.image_id, image_type=image.image_type
        )
    ]


def remove(command: RemoveImage, person: Person) -> Sequence[Event] | Refusal:
    """Take a picture away."""
    image = person.images.get(command.image_id)
    if image is None:
        return not_found("image", command.image_id)
    if refused := reason_problem(command.reason):
        return refused
    if image.removed:
        return []
    return [
        ImageRemoved(
            person_id=command.person_id,
            image_id=command.image_id,
            image_type=image.image_type,
            reason=command.reason.strip(),
        )
    ]


def _found(person: Person, image_id: str) -> Image | Refusal:
    image = person.images.get(image_id)
    if image is None or image.removed:
        return not_found("image", image_id)
    return image
