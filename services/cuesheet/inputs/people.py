"""Who is shown: the names and the country that hold for the person at a seat.

They are those of the read model of people, whatever id of the person a hand or a seat correction
names: overrides, links and the platform's files decide them there. A person it does not know is
shown as the seat is labelled.
"""

import msgspec

# The person of the id in {0}, as one JSON object, null if nobody has it.
PERSON_SHOWN = """
    (select row_to_json(known) from (
        select name, name_display, name_short, country_code from views.unified_players
        where ids @> to_jsonb({0}::text) limit 1) as known)
"""
# Whether a fact about anybody waits unread: any two people may have become one by it.
PEOPLE_INCOMPLETE = "exists (select from views.unified_players where incomplete)"

# A name that is spelled as it was yesterday is no reason for an empty screen; a number would be.
MAYBE_OLD = "a fact about people was set aside; names and countries may be old"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the view `unified_players`, as far as a graphic shows it."""

    name: str | None
    name_display: str | None
    name_short: str | None
    country_code: str | None


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits at a seat: as the seat is labelled, corrections applied, and as the person is."""

    person_name: str
    person_long_name: str
    person: Person | None

    @property
    def full_name(self) -> str:
        """The whole name: the one to display where somebody set it, else as it is spelled."""
        person = self.person
        if person is None or not person.name:
            return self.person_long_name or self.person_name
        displayed = person.name_display or ""
        return displayed if displayed and displayed != person.name.upper() else person.name

    @property
    def short_name(self) -> str:
        """The surname as it is shown, empty where only a whole name is known."""
        if self.person is None or not self.person.name_short:
            return self.person_name
        return self.person.name_short

    @property
    def country(self) -> str | None:
        """The code of the country in any usual form."""
        return self.person.country_code if self.person else None


def people_warnings(*, incomplete: bool) -> tuple[str, ...]:
    """What the operator is told about the names of a binding."""
    return (MAYBE_OLD,) if incomplete else ()
