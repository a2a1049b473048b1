"""What is left of a name when spelling habits are taken away."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.people.names import name_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Petra  Vyborna ", "petra vyborna"),
        ("PÉTRA VÝBORNÁ", "petra vyborna"),
        ("Łukasz Ørsted-Đorđević", "lukasz orsted dordevic"),
        ("Weiß", "weiss"),
        ("Æsa Þórsdóttir", "aesa thorsdottir"),
        ("ILGIN Iğdır İpek", "ilgin igdir ipek"),
        ("O'Hara, Jan-Erik", "o hara jan erik"),
        ("Player 12", "player 12"),
        ("Ｗｉｄｅ", "wide"),
        ("Дмитрий Ёлкин", "дмитрии елкин"),
        ("홍 길동", "홍 길동"),
        ("محمد", "محمد"),
        ("", ""),
        ("...", ""),
    ],
)
def test_a_name_key_keeps_letters_and_digits_of_any_script(text: str, key: str) -> None:
    assert name_key(text) == key


@given(st.text(max_size=40))
def test_a_name_key_is_its_own_key(text: str) -> None:
    key = name_key(text)
    assert name_key(key) == key


@given(st.text(max_size=40))
def test_a_name_key_holds_words_parted_by_single_spaces_and_no_marks(text: str) -> None:
    key = name_key(text)
    assert key == " ".join(key.split())
    taken_apart = unicodedata.normalize("NFKD", key)
    assert not [c for c in taken_apart if unicodedata.category(c).startswith("M")]


@given(st.text(max_size=40))
def test_composed_and_decomposed_text_have_one_key(text: str) -> None:
    forms = {name_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {name_key(text)}
