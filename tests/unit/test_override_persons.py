"""Persons only an operator knows, pictures of anybody, and what an erasure takes with it."""

import pytest

from contracts.decision import Refusal
from contracts.messages.override import (
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
    PersonCreated,
    PersonErased,
)
from contracts.messages.override_commands import (
    AddImage,
    ApproveImage,
    CreatePerson,
    ErasePerson,
    MakeImagePrimary,
    RemoveImage,
)
from services.override.domain import Overriding
from services.override.domain.picturing import IMAGES_MAX
from services.override.domain.refusals import REASON_LENGTH_MAX
from services.override.domain.state import KeepImage
from tests.support.people import ANNA, SOURCE, image_added, override_set, rendition
from tests.support.scenario import Scenario

OWN = "m-0b1c7f0e-5a41-4a3e-9d5c-2b7a54a1f001"
CREATE = CreatePerson(person_id=OWN, name=" Petra  Roe ", reason="no source has her")
BOMB = Refusal(code="invalid", reason="too_many_pixels", message="a picture has fewer pixels")
APPROVED = ImageApproved(person_id=ANNA, image_id="i1", note="")
PRIMARY = ImageMadePrimary(person_id=ANNA, image_id="i1", image_type="profile")
REMOVED = ImageRemoved(person_id=ANNA, image_id="i1", image_type="profile", reason="not her")


def anna(*events) -> Scenario:
    return Scenario(Overriding(), "person", ANNA).given(*events)


def own(*events) -> Scenario:
    return Scenario(Overriding(), "person", OWN).given(*events)


def keep(problem: Refusal | None = None, drawn: bool = True, **changes) -> KeepImage:
    values = {"person_id": ANNA, "image_id": "i1", "upload_id": "u1"}
    asked = AddImage(**(values | changes))
    if problem or not drawn:
        return KeepImage(asked=asked, problem=problem)
    return KeepImage(asked=asked, source=SOURCE, renditions=(rendition(),))


class TestCreate:
    """Somebody no source knows."""

    def test_a_person_is_entered_once(self) -> None:
        person = own()
        said = PersonCreated(person_id=OWN, name="Petra  Roe", reason="no source has her")
        assert person.does(CREATE) == [said]
        assert person.refused(CREATE) == ("conflict", "person_exists")

    @pytest.mark.parametrize("person_id", [ANNA, "w-P7", "m-", "m-a b", "petra"])
    def test_a_person_of_a_source_is_not_entered(self, person_id: str) -> None:
        asked = CreatePerson(person_id=person_id, name="Petra Roe", reason="x")
        person = Scenario(Overriding(), "person", person_id)
        assert person.refused(asked) == ("invalid", "bad_person_id")

    def test_a_person_has_a_name_and_a_reason(self) -> None:
        nameless = CreatePerson(person_id=OWN, name=" ", reason="x")
        silent = CreatePerson(person_id=OWN, name="Petra Roe", reason="")
        assert own().refused(nameless) == ("invalid", "bad_value")
        assert own().refused(silent) == ("invalid", "no_reason")


class TestPictures:
    """Added, approved, one primary of each type, removed."""

    def test_a_drawn_picture_is_said_with_its_renditions(self) -> None:
        assert anna().when(keep()) == [image_added()]

    @pytest.mark.parametrize(
        ("command", "refusal"),
        [
            (keep(BOMB), ("invalid", "too_many_pixels")),
            (keep(drawn=False), ("invalid", "no_image")),
            (keep(image_id="a b"), ("invalid", "bad_id")),
            (keep(note="x" * (REASON_LENGTH_MAX + 1)), ("invalid", "reason_too_long")),
        ],
    )
    def test_what_is_no_picture_is_refused(self, command: KeepImage, refusal) -> None:
        assert anna().refused(command) == refusal

    def test_a_picture_of_nobody_is_refused(self) -> None:
        assert own().refused(keep(person_id=OWN)) == ("not_found", "person_not_found")

    def test_an_id_is_used_once_also_after_the_picture_is_gone(self) -> None:
        assert anna(image_added()).refused(keep()) == ("conflict", "image_exists")
        assert anna(image_added(), REMOVED).refused(keep()) == ("conflict", "image_exists")

    def test_a_person_has_a_limited_number_of_pictures(self) -> None:
        full = anna(*(image_added(image_id=f"i{n}") for n in range(IMAGES_MAX)))
        assert full.refused(keep(image_id="more")) == ("conflict", "too_many_images")

    def test_only_an_approved_picture_becomes_primary(self) -> None:
        person, make = anna(image_added()), MakeImagePrimary(person_id=ANNA, image_id="i1")
        assert person.refused(make) == ("conflict", "not_approved")
        assert person.does(ApproveImage(person_id=ANNA, image_id="i1")) == [APPROVED]
        assert person.when(ApproveImage(person_id=ANNA, image_id="i1")) == []
        assert person.does(make) == [PRIMARY]
        assert person.when(make) == []

    def test_the_new_primary_replaces_the_old_one_of_its_type_only(self) -> None:
        person = anna(image_added(), APPROVED, PRIMARY)
        for image_id, image_type in (("i2", "profile"), ("i3", "action")):
            person.given(
                image_added(image_id=image_id, image_type=image_type),
                ImageApproved(person_id=ANNA, image_id=image_id, note=""),
            )
            person.does(MakeImagePrimary(person_id=ANNA, image_id=image_id))
        primary = {image_id for image_id, i in person.state.images.items() if i.primary}
        assert primary == {"i2", "i3"}

    def test_a_removed_picture_is_nobodys_primary_and_cannot_be_used(self) -> None:
        person = anna(image_added(), APPROVED, PRIMARY)
        remove = RemoveImage(person_id=ANNA, image_id="i1", reason="not her")
        assert person.does(remove) == [REMOVED]
        assert person.when(remove) == []
        assert not person.state.images["i1"].primary
        for command in (ApproveImage, MakeImagePrimary):
            asked = command(person_id=ANNA, image_id="i1")
            assert person.refused(asked) == ("not_found", "image_not_found")

    def test_a_picture_must_be_there_and_texts_have_limits(self) -> None:
        long = "x" * (REASON_LENGTH_MAX + 1)
        nothing = RemoveImage(person_id=ANNA, image_id="i9", reason="x")
        silent = RemoveImage(person_id=ANNA, image_id="i1", reason="")
        noted = ApproveImage(person_id=ANNA, image_id="i1", note=long)
        assert anna().refused(nothing) == ("not_found", "image_not_found")
        assert anna(image_added()).refused(silent) == ("invalid", "no_reason")
        assert anna(image_added()).refused(noted) == ("invalid", "reason_too_long")


class TestErase:
    """Private fields and pictures go; names and what else is public record stays."""

    erase = ErasePerson(person_id=ANNA, reason="she asked")
    bio = override_set(override_id="o2", field="bio", value=None, object="people/a/private/u1")
    photo = override_set(override_id="o3", field="profile_image_url", value="https://p.example/a")

    def test_an_erasure_names_everything_that_is_gone(self) -> None:
        person = anna(override_set(), self.bio, self.photo, image_added(), APPROVED, PRIMARY)
        assert person.does(self.erase) == [
            PersonErased(
                person_id=ANNA,
                reason="she asked",
                overrides=("o2", "o3"),
                images=("i1",),
                objects=("people/a/private/u1", rendition().object),
            )
        ]
        assert person.state.objects == frozenset()
        assert {k for k, h in person.state.overrides.items() if not h.withdrawn} == {"o1"}
        assert all(i.removed and not i.primary for i in person.state.images.values())

    def test_an_erasure_is_said_where_nothing_is_held_because_others_may_hold_something(self):
        [said] = anna().when(self.erase)
        assert (said.overrides, said.images, said.objects) == ((), (), ())

    def test_an_erasure_is_said_again_only_when_something_was_set_since(self) -> None:
        person = anna(image_added())
        person.does(self.erase)
        assert person.when(self.erase) == []
        person.given(image_added(image_id="i2"))
        assert len(person.does(self.erase)) == 1

    def test_an_erasure_has_a_reason_and_a_person(self) -> None:
        silent = ErasePerson(person_id=ANNA, reason="")
        assert anna().refused(silent) == ("invalid", "no_reason")
        unknown = ErasePerson(person_id=OWN, reason="x")
        assert own().refused(unknown) == ("not_found", "person_not_found")
