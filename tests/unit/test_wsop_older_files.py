"""Files of the two older families, in dollars, adapted to the same records."""

from typing import Any

import pytest

from contracts.tournament import BlindLevel, ChipCount, EventFields, PayoutBand
from services.wsop_import.domain.records import ChipRecord, EventRecord, Parsed
from services.wsop_import.inputs import lists, parse
from services.wsop_import.inputs.building import Setting
from services.wsop_import.inputs.errors import BadFile
from tests.support.wsop_files import CONTENT_AT, content


def parsed(data: bytes, guide_event: str = "") -> Parsed:
    """One content by itself."""
    taken = content("drop/file", data)
    try:
        setting = Setting(zone=lambda _: None, guide_event=guide_event, content_at=CONTENT_AT)
        return parse.parse(taken, setting)
    finally:
        taken.close()


def refused(data: bytes, **more: Any) -> BadFile:
    """Why a content is not taken."""
    with pytest.raises(BadFile) as caught:
        parsed(data, **more)
    return caught.value


class TestOlderFamilies:
    """Five export files and four of an input guide."""

    def test_tournaments(self) -> None:
        data = (
            b"tournament_number,name,buy_in,rake,starting_chips,current_level,remaining_players,"
            b"registered_players,prize_pool,status\n"
            b"12,Harbour Main,5300,300.50,50000,21,40,1372,6860000,ft\n"
            b"13,Harbour Mini,550,,20000,1,10,10,,whatever\n"
        )
        first, second = parsed(data).records
        assert isinstance(first, EventRecord)
        assert isinstance(second, EventRecord)
        assert (first.event_id, first.fields) == (
            "12",
            EventFields(
                event_name="Harbour Main",
                buy_in=530_000,
                rake=30_050,
                starting_chips=50_000,
                players_remaining=40,
                total_entries=1372,
                prize_pool=686_000_000,
                status="final_table",
            ),
        )
        assert second.fields.status == "upcoming"
        assert parsed(data).unknown_columns == ("current_level",)

    def test_player_chips_have_the_time_of_their_file(self) -> None:
        data = (
            b"tournament_number,player_name,chips,table_number,seat_number,rank,is_eliminated\n"
            b"12,Orsolya Quill,120000,4,7,1,false\n12,Ana Reyes,0,,,,true\n"
        )
        first, second = parsed(data).records
        assert isinstance(first, ChipRecord)
        assert isinstance(second, ChipRecord)
        assert (first.moment, first.time_assumed, first.player_id) == (CONTENT_AT, True, None)
        assert first.told == ChipCount(chip_count=120_000, table_num=4, seat_num=7, rank=1)
        assert second.told.status == "eliminated"

    def test_blinds_and_payouts_are_one_list_per_event(self) -> None:
        blinds = parsed(
            b"tournament_number,level,small_blind,big_blind,ante,bb_ante,duration_minutes,is_break\n"
            b"12,1,100,200,0,200,60,false\n13,1,50,100,10,,30,\n12,2,0,0,,,15,true\n"
        )
        assert [(r.key, getattr(r, "rows", 0)) for r in blinds.records] == [("12", 2), ("13", 1)]
        first = blinds.records[0]
        assert isinstance(first, EventRecord)
        assert first.fields.blind_structure == (
            BlindLevel(level=1, small_blind=100, big_blind=200, ante=200, duration_minutes=60),
            BlindLevel(
                level=2, small_blind=0, big_blind=0, ante=0, duration_minutes=15, is_break=True
            ),
        )
        payouts = parsed(
            b"tournament_number,place_start,place_end,amount,percentage,is_bracelet\n"
            b"12,1,1,1000.50,20,true\n12,2,3,500,,\n"
        )
        record = payouts.records[0]
        assert isinstance(record, EventRecord)
        assert record.fields.payouts == (
            PayoutBand(place_start=1, place_end=1, amount=100_050),
            PayoutBand(place_start=2, place_end=3, amount=50_000),
        )

    def test_a_list_with_a_bad_row_is_not_taken_at_all(self) -> None:
        found = parsed(
            b"tournament_number,place_start,place_end,amount\n"
            b"12,1,1,1000\n12,2,x,500\n13,1,1,70\n12,3,3,5\n"
        )
        assert [record.key for record in found.records] == ["13"]
        assert (found.rows, found.rejected) == (4, 3)
        wrong, *others = found.findings
        assert (wrong.at, wrong.field) == ("3", "place_end")
        assert [f.at for f in others] == ["2", "5"]
        assert {f.sentence for f in others} == {
            "line 3 is wrong; no row of the list of event 12 is taken"
        }

    @pytest.mark.parametrize(
        ("bad", "sentence"),
        [
            (b"12,3,1,500", "the places 3-1 of line 4 run backwards"),
            (b"12,1,3,500", "place 2 is paid twice, by line 4 and line 3"),
        ],
    )
    def test_each_row_of_a_list_that_cannot_be_is_named_with_its_line(
        self, bad: bytes, sentence: str
    ) -> None:
        head = b"tournament_number,place_start,place_end,amount\n12,4,5,1000\n12,2,2,500\n"
        found = parsed(head + bad + b"\n13,1,1,70\n")
        assert [record.key for record in found.records] == ["13"]
        assert (found.rows, found.rejected) == (4, 3)
        assert [(f.at, f.code) for f in found.findings] == [
            (line, "bad_bands") for line in ("2", "3", "4")
        ]
        assert {f.sentence for f in found.findings} == {
            f"{sentence}; no row of the list of event 12 is taken"
        }

    def test_a_row_that_cannot_be_read_spoils_every_list_of_the_file(self) -> None:
        head = b"tournament_number,place_start,place_end,amount\n12,1,1,1000\n"
        found = parsed(head + b"13,1,1\n14,1,1,70\n")
        assert (len(found.records), found.rejected) == (0, 3)
        assert [f.at for f in found.findings] == ["3", "2", "4"]

    def test_a_row_that_names_no_event_is_refused_alone(self) -> None:
        head = b"tournament_number,place_start,place_end,amount\n12,1,1,1000\n"
        found = parsed(head + b" ,1,1,50\n14,1,1,70\n")
        assert ([r.key for r in found.records], found.rejected) == (["12", "14"], 1)
        assert [f.at for f in found.findings] == ["3"]

    def test_a_list_that_is_too_long_is_refused_row_by_row(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "BANDS_MAX", 1)
        found = parsed(
            b"tournament_number,place_start,place_end,amount\n12,1,1,9\n12,2,2,8\n13,1,1,7\n"
        )
        assert [(f.at, f.code) for f in found.findings] == [("2", "too_long"), ("3", "too_long")]
        assert found.rejected == 2

    def test_guide_files_need_an_event_to_be_set(self) -> None:
        payouts = b"place_start,place_end,amount\n1,1,1000\n"
        assert refused(payouts).code == "no_event"
        assert "RAILCAST_WSOP_GUIDE_EVENT" in str(refused(payouts))
        assert [r.key for r in parsed(payouts, guide_event="E9").records] == ["E9"]
        blinds = b"level_number,small_blind,big_blind,ante,duration\n1,100,200,200,60\n2,0,0,0,15\n"
        (record,) = parsed(blinds, guide_event="E9").records
        assert isinstance(record, EventRecord)
        assert isinstance(record.fields.blind_structure, tuple)
        assert [level.is_break for level in record.fields.blind_structure] == [False, True]
        tournament = b"name,buy_in,prize_pool,registered_players,remaining_players,places_paid\n"
        one = parsed(tournament + b"Harbour,5300,100,10,5,2\n", guide_event="E9")
        assert one.records[0].key == "E9"
        two = tournament + b"Harbour,5300,100,10,5,2\nReef,5300,100,10,5,2\n"
        assert refused(two, guide_event="E9").code == "several_events"
        players = parsed(
            b'name,nationality,chips,current_rank\nQuill,IE,"2,225,000 (56BB)",3\n',
            guide_event="E9",
        )
        (record,) = players.records
        assert isinstance(record, ChipRecord)
        assert (record.told.chip_count, record.told.rank) == (2_225_000, 3)
