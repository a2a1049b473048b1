"""Under which name and flag a person at a seat is shown."""

import msgspec
import pytest

from contracts.compositions import ChipFlowData
from contracts.compositions.base import surname
from services.cuesheet.inputs.people import Person, Seated

LINKED = Person(
    name="Ivan Petrov", name_display="IVAN PETROV", name_short="Petrov", country_code="BG"
)


def seated(person=LINKED, **changes):
    label = {"person_name": "I.Petrov 2", "person_long_name": "Ivan the wrong"}
    return Seated(**(label | changes), person=person)


def changed(**changes):
    return seated(msgspec.structs.replace(LINKED, **changes))


def line(who):
    """The surname as a graphic of one person shows it."""
    data = ChipFlowData(
        name=who.short_name, long_name=who.full_name, values=(1, 2), hands_back=(1, 0)
    )
    return surname(data)


def test_a_linked_player_has_the_surname_of_the_table_and_the_whole_name_of_the_platform():
    who = seated()

    assert (line(who), who.full_name, who.country) == ("PETROV", "Ivan Petrov", "BG")


def test_a_person_nobody_knows_is_shown_as_the_seat_is_labelled():
    who = seated(None)

    assert (who.full_name, line(who), who.country) == ("Ivan the wrong", "I.PETROV 2", None)


def test_a_person_without_a_name_keeps_the_label_and_has_a_country():
    who = changed(name=None, name_display=None, name_short=None)

    assert (who.full_name, who.short_name, who.country) == ("Ivan the wrong", "I.Petrov 2", "BG")


@pytest.mark.parametrize(
    ("override", "full", "short"),
    [
        ({"name": "Ivan Petrow", "name_display": "IVAN PETROW"}, "Ivan Petrow", "PETROV"),
        ({"name_short": "Petrov Jr"}, "Ivan Petrov", "PETROV JR"),
        ({"name_display": "I. PETROV"}, "I. PETROV", "PETROV"),
    ],
)
def test_what_an_operator_sets_is_shown_where_it_belongs(override, full, short):
    who = changed(**override)

    assert (who.full_name, line(who)) == (full, short)


def test_without_any_short_name_the_surname_is_the_last_word_of_the_whole_one():
    who = Seated(
        person_name="", person_long_name="", person=msgspec.structs.replace(LINKED, name_short=None)
    )

    assert line(who) == "PETROV"
