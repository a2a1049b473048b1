"""The chip flow's fields: what the line, the labels and the figure say of a window of hands."""

import msgspec
import pytest

from contracts.compositions import (
    CATALOGUE,
    ChipFlowData,
    MissingData,
    chip_flow_fields,
    field_hash,
)

VALUES = (1_630_000, 1_540_000, 1_530_000, 1_715_000, 2_260_000)


def data(*values: int, **changes) -> ChipFlowData:
    given = {
        "name": "Ostrander",
        "long_name": "Ada Ostrander",
        "values": values or VALUES,
        "hands_back": tuple(range(len(values or VALUES) - 1, -1, -1)),
    }
    return ChipFlowData(**(given | changes))


def test_the_catalogue_puts_the_chip_flow_on_the_lower_layer():
    composition = CATALOGUE["chip_flow"]
    assert (composition.layer, composition.slots, composition.version) == ("lower", 1, 1)
    assert (composition.width, composition.height, composition.fps) == (1920, 1080, 30)


def test_five_hands_are_five_points_between_their_extremes():
    fields = chip_flow_fields(data())

    assert (fields.title, fields.surname, fields.flag) == ("CHIP FLOW", "OSTRANDER", None)
    assert fields.series == VALUES
    assert fields.ticks == ("−4", "−3", "−2", "−1", "NOW")
    assert (fields.highest, fields.lowest) == (2_260_000, 1_530_000)
    assert (fields.max_label, fields.min_label) == ("2,260,000", "1,530,000")
    assert (fields.current, fields.value) == (2_260_000, "2,260,000")
    assert (fields.change, fields.window) == ("+630,000", "LAST 5 HANDS")
    assert fields.warnings == ()


def test_the_extremes_and_the_change_are_those_of_every_hand_not_of_the_points_drawn():
    fields = chip_flow_fields(data(100, 900, 50, 400, 300, hands_back=(3, 0)))

    assert (fields.series, fields.ticks) == ((900, 300), ("−3", "NOW"))
    assert (fields.max_label, fields.min_label) == ("900", "50")
    assert (fields.change, fields.window) == ("+200", "LAST 5 HANDS")


def test_a_loss_is_written_with_a_minus_sign_and_no_change_not_at_all():
    assert chip_flow_fields(data(900, 450)).change == "−450"
    assert chip_flow_fields(data(900, 300, 900)).change == ""


def test_equal_stacks_have_one_label():
    fields = chip_flow_fields(data(500, 500, 500))

    assert (fields.max_label, fields.min_label) == ("500", "")


def test_the_last_point_drawn_need_not_be_the_last_hand():
    fields = chip_flow_fields(data(100, 200, 300, hands_back=(2, 1)))

    assert (fields.ticks, fields.series, fields.current) == (("−2", "−1"), (100, 200), 300)


def test_the_surname_is_the_short_name_or_the_last_word_of_the_full_one():
    assert chip_flow_fields(data(name="van der Berg")).surname == "VAN DER BERG"
    assert chip_flow_fields(data(name="", long_name="Ada van der Berg")).surname == "BERG"
    assert chip_flow_fields(data(name="Straße", long_name="")).surname == "STRASSE"


def test_an_unknown_country_has_no_flag_and_a_warning():
    assert chip_flow_fields(data(country="GRE")).flag == "GR"
    fields = chip_flow_fields(data(country="QQ"))
    assert fields.flag is None
    assert "'QQ'" in fields.warnings[0]


@pytest.mark.parametrize(
    ("bound", "sentence"),
    [
        (data(name=" ", long_name=""), "no name"),
        (data(500, hands_back=(0,)), "OSTRANDER has fewer"),
        (data(500, 600, hands_back=(0,)), "two points"),
        (data(500, -1), "-1 chips"),
    ],
)
def test_a_chip_flow_without_its_mandatory_values_is_refused(bound, sentence):
    with pytest.raises(MissingData, match=sentence):
        chip_flow_fields(bound)


def test_the_field_hash_follows_the_line_and_not_the_warnings():
    fields = chip_flow_fields(data())
    known = field_hash(fields, {})

    assert field_hash(chip_flow_fields(data(country="QQ")), {}) == known
    assert field_hash(chip_flow_fields(data(name="Thistlewood")), {}) != known
    other = msgspec.structs.replace(fields, series=(1_600_000, *VALUES[1:]))
    assert field_hash(other, {}) != known
