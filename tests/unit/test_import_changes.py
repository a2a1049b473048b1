"""What one fact of an import changed, field by field."""

from contracts.import_changes import Change, changes
from contracts.messages.wsop import EventRow, EventsTold, PlayerRow, PlayersTold
from contracts.tournament import ChipCount, EventFields, PlayerFields
from tests.support.tournament import EVENT, PROGRESS, Imports, chips, minutes, place


def players(*rows: PlayerRow) -> PlayersTold:
    return PlayersTold(import_id="i1", rows=rows, progress=PROGRESS)


def row(old: PlayerFields, new: PlayerFields, *, created: bool = False) -> PlayerRow:
    return PlayerRow(at="/players/3", player_id="P3", created=created, old=old, new=new)


def test_every_field_of_a_known_player_is_told_with_what_it_was() -> None:
    before = PlayerFields(name="Ida Wren", city="Oslo")
    after = PlayerFields(name="Ida Wren-Holt", city=None, wsop_cashes=3)
    assert list(changes(players(row(before, after)))) == [
        Change(at="/players/3", entity="player", id="P3", field=field, old=old, new=new)
        for field, old, new in (
            ("name", "Ida Wren", "Ida Wren-Holt"),
            ("city", "Oslo", None),
            ("wsop_cashes", None, 3),
        )
    ]


def test_who_is_new_has_changed_nothing() -> None:
    told = players(row(PlayerFields(), PlayerFields(name="Ida Wren"), created=True))
    assert list(changes(told)) == []


def test_the_address_of_a_photo_changed_but_is_not_shown() -> None:
    url = "https://photos.example/{}.png".format
    before, after = (PlayerFields(profile_image_url=url(n)) for n in (1, 2))
    [change] = changes(players(row(before, after)))
    assert (change.field, change.withheld, change.old, change.new) == (
        "profile_image_url",
        True,
        None,
        None,
    )


def test_an_event_that_was_known_changes_as_well() -> None:
    old, new = EventFields(total_entries=9), EventFields(total_entries=10)
    event = EventRow(at="/events/0", event_id=EVENT, created=False, old=old, new=new)
    [change] = changes(
        EventsTold(import_id="i1", exported_at=None, rows=(event,), progress=PROGRESS)
    )
    assert (change.entity, change.id, change.old, change.new) == ("event", EVENT, 9, 10)


def test_a_corrected_stack_tells_the_fields_that_differ_and_a_new_one_none() -> None:
    was = ChipCount(chip_count=500, table_num=3)
    rows = [chips(1, 700, was, table_num=3), chips("I. Wren", 0, was), chips(2, 90)]
    told = Imports().counts(minutes(0), rows)[1]
    found = [(c.id, c.field, c.old, c.new) for c in changes(told)]
    assert found == [
        ("WP000001", "chip_count", 500, 700),
        ("I. Wren", "chip_count", 500, 0),
        ("I. Wren", "status", "active", "out"),
        ("I. Wren", "table_num", 3, None),
    ]


def test_standings_are_replaced_whole() -> None:
    told = Imports().standings(minutes(0), [place(1, 1, 900)], corrected=True)[1]
    assert list(changes(told)) == []
