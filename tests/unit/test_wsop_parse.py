"""What is read from one content: kinds, values, bad rows and where they are, the older families."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.messages.wsop import RowFinding
from contracts.tournament import BlindLevel, ChipCount, EventFields, PayoutBand
from services.wsop_import.domain.records import ChipRecord, EventRecord, Parsed, StandingRecord
from services.wsop_import.inputs import content as contents
from services.wsop_import.inputs import csv_file, parse
from services.wsop_import.inputs.building import Setting
from services.wsop_import.inputs.errors import BadFile
from tests.support.wsop_files import (
    CONTENT_AT,
    EVENT,
    MOMENT,
    chip_row,
    content,
    event,
    events_json,
    player,
    players_json,
    standing_row,
    table,
)


def parsed(data: bytes, zone: str | None = None, guide_event: str = "") -> Parsed:
    """One content by itself."""
    taken = content("drop/file", data)
    try:
        setting = Setting(zone=lambda _: zone, guide_event=guide_event, content_at=CONTENT_AT)
        return parse.parse(taken, setting)
    finally:
        taken.close()


def refused(data: bytes, **more: Any) -> BadFile:
    """Why a content is not taken."""
    with pytest.raises(BadFile) as caught:
        parsed(data, **more)
    return caught.value


def places(found: Parsed) -> list[tuple[str, str, str]]:
    """Place, field and code of every finding."""
    return [(f.at, f.field, f.code) for f in found.findings]


class TestKinds:
    """By content, never by name."""

    def test_a_bare_list_is_recognised_by_its_first_entry(self) -> None:
        assert parsed(b'[{"wsop_player_id": 7, "name": "Q"}]').kind == "players"
        found = parsed(
            b'[{"event_id":"E","event_name":"N","start_date":"2031-01-02","buy_in":1,'
            b'"blind_structure":[{"level":1,"small_blind":1,"big_blind":2}]}]'
        )
        assert (found.kind, found.records[0].at) == ("events", "/0")

    def test_a_byte_order_mark_line_ends_and_order_of_columns_do_not_matter(self) -> None:
        plain = table([chip_row(1, 5)])
        windows = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n").replace(
            b"event_id", b" EVENT_ID "
        )
        assert parsed(windows).records == parsed(plain).records
        turned = table([dict(reversed(list(chip_row(1, 5).items())))])
        assert parsed(turned).records == parsed(plain).records
        assert parsed(b"\xef\xbb\xbf" + players_json(player(1))).rows == 1

    @pytest.mark.parametrize(
        ("data", "code", "position"),
        [
            (b"", "empty", "byte 0"),
            (b"\n\n", "empty", "line 1"),
            (b"hello,world\n1,2\n", "unknown_kind", "line 1"),
            (b"event_id,wsop_player_id,recorded_at\n", "missing_header", "line 1"),
            (b"event_id,snapshot_at,rank,chip_count\n", "missing_header", "line 1"),
            (b"date,time_start,event_title,channel\n", "not_imported", "line 1"),
            (
                b"event_id,event_id,wsop_player_id,chip_count,recorded_at\n",
                "column_twice",
                "line 1",
            ),
            (b'{"players": [{"wsop_player_id": 1, "name": "Q"},]}', "bad_json", "byte 48"),
            (b'{"players": [{"wsop_player_id": 1', "bad_json", "the end of the file"),
            (b'{"players": [], "events": []}', "unknown_kind", ""),
            (b'{"people": []}', "unknown_kind", ""),
            (b"[1, 2]", "unknown_kind", "/0"),
            (b'{"players": [{"wsop_player_id": 1, "name": "\xe9"}]}', "bad_encoding", "byte 44"),
            ("event_id,x\nß".encode("utf-16"), "bad_encoding", "byte 0"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_place(
        self, data: bytes, code: str, position: str
    ) -> None:
        error = refused(data)
        assert (error.code, error.position) == (code, position)

    def test_a_missing_header_is_named(self) -> None:
        error = refused(b"event_id,wsop_player_id,recorded_at\n")
        assert "chip_count" in str(error)
        assert error.kind == "chip_counts"

    def test_a_wrong_byte_is_found_wherever_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(contents, "CHUNK_BYTES", 3)
        good = "event_id,näme\n".encode()
        assert refused(good + b"ab\xc3(").position == f"byte {len(good) + 2}"

    def test_limits_hold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parse, "ROWS_MAX", 2)
        assert refused(table([chip_row(n) for n in range(3)])).code == "too_many_rows"
        monkeypatch.setattr(csv_file, "COLUMNS_MAX", 3)
        assert refused(table([chip_row(1)])).code == "too_many_columns"
        monkeypatch.setattr(csv_file, "LINE_LENGTH_MAX", 60)
        assert refused(b"x" * 61).code == "row_too_long"


class TestBadRows:
    """Skipped, counted, and listed with their place."""

    def test_three_bad_events(self) -> None:
        found = parsed(
            events_json(
                event("E1", buy_in=None),
                event("E2"),
                event("E3", status="paused", total_entries=-1),
                event("E4", timezone="Mars/Olympus"),
            )
        )
        assert places(found) == [
            ("/events/0", "buy_in", "missing"),
            ("/events/2", "total_entries", "out_of_range"),
            ("/events/2", "status", "unknown_word"),
            ("/events/3", "timezone", "unknown_zone"),
        ]
        assert (found.rows, found.rejected, len(found.records)) == (4, 3, 1)

    def test_three_bad_players(self) -> None:
        found = parsed(
            players_json(player(1, wsop_rings=1.5), "Quill", player(2), {"wsop_player_id": "W"})
        )
        assert places(found) == [
            ("/players/0", "wsop_rings", "not_a_number"),
            ("/players/1", "", "wrong_type"),
            ("/players/3", "name", "missing"),
        ]
        assert found.rejected == 3

    def test_three_bad_chip_counts(self) -> None:
        rows = [
            chip_row(1, -5, seat_num=1),
            chip_row(2, "1,23", seat_num=2),
            chip_row(3, seat_num=11),
            chip_row(4, seat_num=""),
            chip_row(5, at="yesterday", seat_num=3),
        ]
        found = parsed(table(rows))
        assert places(found) == [
            ("2", "chip_count", "out_of_range"),
            ("3", "chip_count", "not_a_number"),
            ("4", "seat_num", "out_of_range"),
            ("6", "recorded_at", "wrong_form"),
        ]
        assert [record.at for record in found.records] == ["5"]

    def test_three_bad_standings(self) -> None:
        rows = [
            standing_row(0, prize_won="$5,300"),
            standing_row(1, prize_won="5.005"),
            standing_row(2, wsop_player_id="", prize_won=""),
            standing_row(3, prize_won="$5,300.50"),
        ]
        found = parsed(table(rows))
        assert places(found) == [
            ("2", "rank", "out_of_range"),
            ("3", "prize_won", "not_money"),
            ("4", "", "missing"),
        ]
        (good,) = found.records
        assert isinstance(good, StandingRecord)
        assert good.row.prize_won == 530_050

    def test_a_text_counts_in_every_row_as_in_the_first(self) -> None:
        texts = ["7", "7", "x", "x", "7", "", "8", "07", "8"]
        rows = [chip_row(number, text) for number, text in enumerate(texts)]
        found = parsed(table(rows))
        assert [r.told.chip_count for r in found.records if isinstance(r, ChipRecord)] == [
            7, 7, 7, 8, 7, 8,
        ]  # fmt: skip
        assert places(found) == [
            ("4", "chip_count", "not_a_number"),
            ("5", "chip_count", "not_a_number"),
            ("7", "chip_count", "missing"),
        ]
        mixed = [player(1, wsop_rings=1), player(2, wsop_rings="1"), player(3, wsop_rings=True)]
        assert places(parsed(players_json(*mixed))) == [("/players/2", "wsop_rings", "wrong_type")]

    def test_a_short_or_long_row_is_bad_and_its_neighbours_are_not(self) -> None:
        good = table([chip_row(1), chip_row(2)]).decode().splitlines()
        torn = [*good[:2], good[1].rpartition(",")[0], good[1] + ",9", good[2][:-3]]
        found = parsed("\n".join([*torn[:4], good[2]]).encode())
        assert places(found) == [("3", "", "wrong_cells"), ("4", "", "wrong_cells")]
        assert [record.at for record in found.records] == ["2", "5"]

    def test_line_numbers_are_exact_behind_quoted_line_ends_and_blank_lines(self) -> None:
        head = "event_id,wsop_player_id,chip_count,recorded_at,player_name\n"
        row = f"{EVENT},W1,100,{MOMENT},"
        bad = row.replace("100", "x")
        data = f'{head}{row}"Orsolya\nQuill"\n\n,,,,\n{row}"Two\r\nlines"\r\n{bad}\n'
        found = parsed(data.encode())
        assert [record.at for record in found.records] == ["2", "6"]
        assert places(found) == [("8", "chip_count", "not_a_number")]
        assert found.rows == 3

    def test_a_stray_quote_costs_its_row_and_an_open_one_the_file(self) -> None:
        head = "event_id,wsop_player_id,chip_count,recorded_at,player_name\n"
        row = f"{EVENT},W1,100,{MOMENT},"
        found = parsed(f'{head}{row}"The "Reef" Quill"\n{row}Reef\n'.encode())
        assert places(found) == [("2", "", "bad_quotes")]
        assert len(found.records) == 1
        error = refused(f'{head}{row}"Reef\n{row}Quill\n'.encode())
        assert (error.code, error.position, error.again) == ("open_quote", "line 2", True)

    def test_characters_nobody_can_show_are_bad(self) -> None:
        found = parsed(players_json(player(1, city="Co\u0000rk"), player(2, name="ok\u00a0name")))
        assert places(found) == [("/players/0", "city", "bad_text")]

    def test_sentences_are_short_and_on_one_line(self) -> None:
        found = parsed(players_json(player(1, wsop_rings="x\n" * 5000)))
        (finding,) = found.findings
        assert isinstance(finding, RowFinding)
        assert len(finding.sentence) < 300
        assert "\n" not in finding.sentence


class TestValues:
    """Keys, numbers, times."""

    def test_keys_are_trimmed_and_numbers_are_taken_as_their_text(self) -> None:
        rows = [{"wsop_player_id": 90071992547409931234, "name": " Quill "}]
        rows.append({"wsop_player_id": " w1 ", "name": "Q"})
        found = parsed(players_json(*rows))
        assert [record.key for record in found.records] == ["90071992547409931234", "w1"]

    @pytest.mark.parametrize(
        ("text", "chips"),
        [
            ("2,225,000 (56BB)", 2_225_000),
            ("2,225,000", 2_225_000),
            ("$2,225,000", 2_225_000),
            (" 7 ", 7),
            ("0", 0),
        ],
    )
    def test_chips(self, text: str, chips: int) -> None:
        (record,) = parsed(table([chip_row(1, text)])).records
        assert isinstance(record, ChipRecord)
        assert record.told.chip_count == chips

    @pytest.mark.parametrize("text", ["1e3", "1.0", "€5", "٣", "1 000", "(56BB)", "9" * 30, "5-"])
    def test_no_chips(self, text: str) -> None:
        assert parsed(table([chip_row(1, text)])).rejected == 1

    @pytest.mark.parametrize(
        ("text", "utc"),
        [
            ("2031-10-19T17:20:00+03:00", datetime(2031, 10, 19, 14, 20, tzinfo=UTC)),
            ("2031-10-19 17:20:00.1234567Z", datetime(2031, 10, 19, 17, 20, 0, 123456, tzinfo=UTC)),
            ("2031-10-19t17:20z", datetime(2031, 10, 19, 17, 20, tzinfo=UTC)),
        ],
    )
    def test_times(self, text: str, utc: datetime) -> None:
        (record,) = parsed(table([chip_row(1, at=text)])).records
        assert isinstance(record, ChipRecord)
        assert (record.moment, record.moment_text) == (utc, text)

    @pytest.mark.parametrize(
        "text", ["2031-10-19", "2031-13-19T17:20:00Z", "20311019T172000Z", "2031-10-19T17:20:60Z"]
    )
    def test_no_times(self, text: str) -> None:
        assert parsed(table([chip_row(1, at=text)])).rejected == 1

    def test_a_blank_cell_says_nothing(self) -> None:
        (record,) = parsed(table([chip_row(1, 5, rank=" ", table_num="")])).records
        assert isinstance(record, ChipRecord)
        assert record.told == ChipCount(chip_count=5)

    def test_an_event_in_full(self) -> None:
        levels = [
            {"level": 1, "small_blind": 100, "big_blind": 200, "duration_minutes": 60},
            {"is_break": True, "duration_minutes": 15},
        ]
        bands = [{"place": 2, "amount": 50}, {"place_start": 1, "place_end": 1, "amount": "$1"}]
        data = events_json(
            event(event_type="main_event", tags=["a"], blind_structure=levels, payouts=bands)
        )
        (record,) = parsed(data).records
        assert isinstance(record, EventRecord)
        assert record.fields == EventFields(
            event_name="Harbour Main Event",
            start_date=date(2031, 10, 15),
            buy_in=530_000,
            event_type="MAIN_EVENT",
            tags=("a",),
            blind_structure=(
                BlindLevel(level=1, small_blind=100, big_blind=200, ante=0, duration_minutes=60),
                BlindLevel(
                    level=None,
                    small_blind=0,
                    big_blind=0,
                    ante=0,
                    duration_minutes=15,
                    is_break=True,
                ),
            ),
            payouts=(
                PayoutBand(place_start=1, place_end=1, amount=100),
                PayoutBand(place_start=2, place_end=2, amount=50),
            ),
        )

    @pytest.mark.parametrize(
        "bands",
        [
            [{"place_start": 1, "place_end": 3, "amount": 1}, {"place": 3, "amount": 1}],
            [{"place_start": 3, "place_end": 1, "amount": 1}],
            [{"place": 1, "amount": 1}, {"place": 1, "amount": 1}],
            [{"place": 0, "amount": 1}],
            [{"place": 1}],
            {"1": 100},
        ],
    )
    def test_bad_bands_cost_only_their_field(self, bands: Any) -> None:
        found = parsed(events_json(event(payouts=bands)))
        assert [(f.field, f.scope) for f in found.findings] == [("payouts", "field")]
        assert (found.rejected, len(found.records)) == (0, 1)
