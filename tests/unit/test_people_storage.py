"""Where the objects of people lie: each person's under one prefix, nobody's under another's."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.people import storage

IDS = st.text(min_size=1, max_size=12)


def keys(person_id: str, object_id: str) -> list[str]:
    return [
        storage.private_key(person_id, object_id),
        storage.image_key(person_id, object_id.encode().hex(), "jpg"),
    ]


@given(IDS, IDS)
def test_everything_of_a_person_lies_under_the_persons_prefix(person_id, object_id) -> None:
    prefix = storage.person_prefix(person_id)
    assert all(key.startswith(prefix) for key in keys(person_id, object_id))
    assert not storage.upload_key(object_id).startswith("people/")


@given(IDS, IDS, IDS)
def test_no_prefix_covers_what_is_of_another_person(one, other, object_id) -> None:
    if one != other:
        prefix = storage.person_prefix(one)
        assert not any(key.startswith(prefix) for key in keys(other, object_id))


@given(st.lists(IDS, unique=True, max_size=6))
def test_two_uploads_never_share_a_key(upload_ids) -> None:
    for make in (storage.upload_key, lambda name: storage.private_key("g-1", name)):
        assert len({make(upload_id) for upload_id in upload_ids}) == len(upload_ids)


@given(IDS, IDS)
def test_a_key_never_leaves_its_folder(person_id, object_id) -> None:
    for key in (*keys(person_id, object_id), storage.upload_key(object_id)):
        assert not {"", ".", ".."} & set(key.split("/"))
