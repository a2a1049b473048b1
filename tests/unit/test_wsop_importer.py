"""What the importer says of one content after the other, on a bus in memory."""

from datetime import UTC, datetime, timedelta

from contracts.messages.wsop import (
    ChipCountsTold,
    EventsTold,
    ImportClosed,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    PlayersTold,
    RowsNoted,
    RowsRejected,
)
from contracts.tournament import ChipCount, EventFields, PayoutBand, PlayerFields
from tests.support.wsop_files import (
    EVENT,
    MOMENT,
    NOW,
    chip_row,
    end_state,
    event,
    events_json,
    importing,
    player,
    players_json,
    sample_folder,
    table,
)

SAMPLES = ("Events.json", "Players.json", "ChipCounts.csv", "Standings.csv")


class TestSamples:
    """The platform's sample files."""

    async def test_all_of_them_are_taken_in(self) -> None:
        folder = sample_folder()
        async with importing() as imports:
            for name in SAMPLES:
                assert await imports.take(name, (folder / name).read_bytes()) == "recorded"
            closed = {each.kind: each for each in imports.said(ImportClosed)}
            assert {kind: each.counts.created for kind, each in closed.items()} == {
                "events": 1,
                "players": 60,
                "chip_counts": 48,
                "standings": 40,
            }
            assert {each.status for each in closed.values()} == {"completed"}
            assert {each.noted + each.counts.rejected for each in closed.values()} == {0}
            (chips,) = imports.said(ChipCountsTold)
            assert chips.recorded_at == datetime(2025, 10, 19, 14, 20, tzinfo=UTC)
            assert chips.recorded_text == "2025-10-19T17:20:00+03:00"
            assert (chips.event_known, chips.future, chips.zone_assumed) == (True, False, False)
            assert all(row.player_known for row in chips.rows)
            assert chips.rows[0].at == "2"

    async def test_in_any_order_they_end_in_the_same_state(self) -> None:
        folder = sample_folder()
        states = []
        for names in (SAMPLES, SAMPLES[::-1]):
            async with importing() as imports:
                for name in names:
                    await imports.take(name, (folder / name).read_bytes())
                states.append(end_state(imports.events))
        assert states[0] == states[1]

    async def test_again_they_say_nothing(self) -> None:
        folder = sample_folder()
        async with importing() as imports:
            for name in SAMPLES:
                await imports.take(name, (folder / name).read_bytes())
            before = len(imports.events)
            for name in SAMPLES:
                assert await imports.take(name, (folder / name).read_bytes()) == "unchanged"
            assert len(imports.events) == before
            for name in SAMPLES:
                assert await imports.take(f"again/{name}", (folder / name).read_bytes()) == (
                    "skipped"
                )
            assert [each.kind for each in imports.said(ImportSkipped)] == [
                "events",
                "players",
                "chip_counts",
                "standings",
            ]

    async def test_other_bytes_with_the_same_rows_are_counted_and_not_said(self) -> None:
        folder = sample_folder()
        async with importing() as imports:
            for name in SAMPLES:
                await imports.take(name, (folder / name).read_bytes())
                before = len(imports.events)
                await imports.take(name, (folder / name).read_bytes() + b"\n")
                assert [type(e) for e in imports.events[before:]] == [ImportStarted, ImportClosed]
                assert imports.closed().counts.unchanged == imports.closed().rows


class TestPlayers:
    """Players.json: changed fields with old and new."""

    async def test_only_what_changed_is_said(self) -> None:
        async with importing() as imports:
            await imports.take("a", players_json(player(1, city="Cork"), player(2)))
            await imports.take("b", players_json(player(1, city="Galway"), player(2)))
            row = imports.said(PlayersTold)[-1].rows
            assert len(row) == 1
            assert (row[0].player_id, row[0].created, row[0].at) == (
                "WP000001",
                False,
                "/players/0",
            )
            assert row[0].old == PlayerFields(city="Cork")
            assert row[0].new == PlayerFields(city="Galway")
            assert imports.closed().counts.changed == 1
            assert imports.closed().counts.unchanged == 1

    async def test_null_clears_and_absence_says_nothing(self) -> None:
        async with importing() as imports:
            await imports.take("a", players_json(player(1, city="Cork", nickname="Reef")))
            await imports.take("b", players_json(player(1, city=None)))
            row = imports.said(PlayersTold)[-1].rows[0]
            assert row.new == PlayerFields(city=None)
            await imports.take("c", players_json(player(1, city=None, wsop_rings=None)))
            assert imports.closed().counts.unchanged == 1
            state = end_state(imports.events)["players"]["WP000001"]
            assert state == PlayerFields(name="Orsolya Quill 1", nickname="Reef")

    async def test_a_missing_player_is_not_deleted(self) -> None:
        async with importing() as imports:
            await imports.take("a", players_json(player(1), player(2)))
            await imports.take("b", players_json(player(1)))
            assert len(end_state(imports.events)["players"]) == 2

    async def test_fields_of_one_player_twice_in_a_file_merge_and_both_lines_are_noted(
        self,
    ) -> None:
        async with importing() as imports:
            one, back = player(1, city="Cork", nickname="Reef"), player(1, city="Cork")
            await imports.take("a", players_json(one, player(2), player(1, city="Galway"), back))
            closed = imports.closed()
            assert closed.counts.superseded == 2
            assert closed.counts.created == 2
            (noted,) = imports.said(RowsNoted)
            assert [f.at for f in noted.findings][:2] == ["/players/0", "/players/2"]
            state = end_state(imports.events)["players"]["WP000001"]
            assert (state.city, state.nickname) == ("Cork", "Reef")

    async def test_an_equal_row_is_a_duplicate(self) -> None:
        async with importing() as imports:
            await imports.take("a", players_json(player(1), player(1)))
            assert imports.closed().counts.duplicates == 1
            assert imports.closed().status == "completed"
            assert not imports.said(RowsNoted)

    async def test_private_information_never_enters_the_log(self) -> None:
        info = {"birth_date": "1990-01-02", "twitter_handle": "@quill", "achievement": "Winner"}
        async with importing() as imports:
            await imports.take("a", players_json(player(1, additional_info=info)))
            name, achievement = imports.said(PlayersTold)[0].rows
            assert (name.at, name.created, name.new) == (
                "/players/0",
                True,
                PlayerFields(name="Orsolya Quill 1"),
            )
            assert (achievement.at, achievement.created, achievement.new) == (
                "/players/0/additional_info",
                False,
                PlayerFields(achievement="Winner"),
            )
            assert imports.closed().counts.created == 1
            assert not any(b"1990" in m.data or b"@quill" in m.data for m in imports.log.events)


class TestEvents:
    """Events.json: units, lists, own times."""

    async def test_money_is_cents_however_it_is_written(self) -> None:
        async with importing() as imports:
            await imports.take("a", events_json(event(buy_in=530000, rake="$300", fee="12.50")))
            told = imports.said(EventsTold)[-1].rows[0].new
            assert (told.buy_in, told.rake, told.fee) == (530_000, 30_000, 1_250)
            await imports.take("b", events_json(event("E2", buy_in=5300), money_unit="dollars"))
            assert imports.said(EventsTold)[-1].rows[0].new.buy_in == 530_000

    async def test_bands_that_overlap_cost_only_their_field(self) -> None:
        good = [{"place": 1, "amount": 100}, {"place_start": 2, "place_end": 3, "amount": 50}]
        async with importing() as imports:
            await imports.take("a", events_json(event(payouts=good, venue="Old Pier")))
            bad = [*good, {"place": 3, "amount": 40}]
            await imports.take("b", events_json(event(payouts=bad, venue="New Pier")))
            assert imports.said(EventsTold)[-1].rows[0].new == EventFields(venue="New Pier")
            (rejected,) = imports.said(RowsRejected)
            assert rejected.findings[0].scope == "field"
            assert rejected.findings[0].field == "payouts"
            closed = imports.closed()
            assert (closed.status, closed.counts.fields_rejected) == ("partial", 1)
            state = end_state(imports.events)["events"][EVENT]
            assert state.payouts == (
                PayoutBand(place_start=1, place_end=1, amount=100),
                PayoutBand(place_start=2, place_end=3, amount=50),
            )
            await imports.take("c", events_json(event(payouts=[])))
            assert imports.said(EventsTold)[-1].rows[0].new == EventFields(payouts=None)

    async def test_the_files_own_time_stands_with_its_figures(self) -> None:
        exported = "2031-10-19T18:00:00+03:00"
        async with importing() as imports:
            data = events_json(event(players_remaining=40), exported_at=exported)
            await imports.take("a", data)
            assert imports.said(EventsTold)[0].exported_at == datetime(2031, 10, 19, 15, tzinfo=UTC)

    async def test_an_unknown_unit_of_money_rejects_the_file(self) -> None:
        async with importing() as imports:
            assert await imports.take("a", events_json(event(), money_unit="pounds")) == "rejected"
            assert imports.said(ImportRejected)[0].code == "bad_money_unit"


class TestChipCounts:
    """ChipCounts.csv: moments, corrections, stubs."""

    async def test_an_unknown_event_or_player_is_said_and_flagged(self) -> None:
        async with importing() as imports:
            await imports.take("p", players_json(player(1)))
            await imports.take("c", table([chip_row(1), chip_row(2)]))
            (told,) = imports.said(ChipCountsTold)
            assert not told.event_known
            assert [row.player_known for row in told.rows] == [True, False]

    async def test_the_same_key_with_other_content_is_a_correction(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([chip_row(1, 100), chip_row(2, 200)]))
            await imports.take("b", table([chip_row(1, 100), chip_row(2, 250), chip_row(3, 5)]))
            told = imports.said(ChipCountsTold)[-1]
            assert [(r.player_id, r.told.chip_count) for r in told.rows] == [
                ("WP000002", 250),
                ("WP000003", 5),
            ]
            assert told.rows[0].before == ChipCount(chip_count=200)
            assert told.rows[1].before is None
            counts = imports.closed().counts
            assert (counts.corrected, counts.created, counts.unchanged) == (1, 1, 1)

    async def test_what_a_later_file_leaves_blank_stays_as_it_was(self) -> None:
        async with importing() as imports:
            full = chip_row(1, 100, table_num=3, seat_num=4)
            await imports.take("a", table([full]))
            await imports.take("b", table([chip_row(1, 100)]))
            assert imports.closed().counts.unchanged == 1
            await imports.take("c", table([chip_row(1, 250)]))
            [row] = imports.said(ChipCountsTold)[-1].rows
            assert (row.told.chip_count, row.told.table_num, row.told.seat_num) == (250, 3, 4)
            await imports.take("d", table([chip_row(1, 250)]) + b"\n")
            assert imports.closed().counts.unchanged == 1
            assert len(imports.said(ChipCountsTold)) == 2

    async def test_corrections_of_corrections_compare_with_what_holds(self) -> None:
        async with importing() as imports:
            for number, chips in enumerate((100, 200, 100, 100)):
                await imports.take(f"f{number}", table([chip_row(1, chips), chip_row(2, number)]))
            told = imports.said(ChipCountsTold)
            first = [(r.told.chip_count, r.before) for t in told for r in t.rows[:1]]
            assert [chips for chips, _ in first] == [100, 200, 100, 3]
        async with importing() as fresh:
            await fresh.take("last", table([chip_row(1, 100), chip_row(2, 3)]))
            (only,) = fresh.said(ChipCountsTold)
            assert only.moment_digest == told[-1].moment_digest

    async def test_a_subset_removes_nobody_and_says_nothing(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([chip_row(n) for n in range(5)]))
            await imports.take("b", table([chip_row(n) for n in range(2)]))
            assert imports.closed().counts.unchanged == 2
            assert len(imports.said(ChipCountsTold)) == 1

    async def test_a_name_never_makes_a_correction(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([chip_row(1, player_name="O. Quill")]))
            await imports.take("b", table([chip_row(1, player_name="Orsolya Quill")]))
            assert imports.closed().counts.unchanged == 1

    async def test_the_last_of_two_different_rows_counts_and_both_are_noted(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([chip_row(1, 10), chip_row(2), chip_row(1, 20)]))
            rows = imports.said(ChipCountsTold)[0].rows
            assert [(r.at, r.told.chip_count) for r in rows] == [("4", 20), ("3", 100_000)]
            assert [f.at for f in imports.said(RowsNoted)[0].findings] == ["2", "4"]
            assert imports.closed().counts.superseded == 1

    async def test_two_players_on_one_seat_are_both_kept_and_noted(self) -> None:
        seat = {"table_num": 4, "seat_num": 7}
        async with importing() as imports:
            rows = [chip_row(1, **seat), chip_row(2, **seat), chip_row(3, 0, **seat)]
            await imports.take("a", table(rows))
            findings = imports.said(RowsNoted)[0].findings
            assert [(f.at, f.code) for f in findings] == [
                ("2", "seat_conflict"),
                ("3", "seat_conflict"),
            ]
            assert imports.closed().counts.created == 3
            assert imports.closed().status == "completed"

    async def test_without_a_status_no_chips_is_out(self) -> None:
        rows = [chip_row(1, 0), chip_row(2, 5), chip_row(3, 0, status="eliminated")]
        async with importing() as imports:
            await imports.take("a", table(rows, columns=[*rows[0], "status"]))
            told = [r.told.status for r in imports.said(ChipCountsTold)[0].rows]
            assert told == ["out", "active", "eliminated"]

    async def test_a_time_far_ahead_is_taken_and_flagged(self) -> None:
        near, far = (NOW + timedelta(hours=h) for h in (24, 25))
        rows = [chip_row(1, at=near.isoformat()), chip_row(1, at=far.isoformat())]
        async with importing() as imports:
            await imports.take("a", table(rows))
            assert [t.future for t in imports.said(ChipCountsTold)] == [False, True]

    async def test_a_time_without_offset_is_read_where_the_event_is(self) -> None:
        row = chip_row(1, at="2031-10-19T17:20:00")
        async with importing() as imports:
            await imports.take("before", table([row]))
            assert imports.said(RowsRejected)[0].findings[0].code == "no_offset"
            await imports.take("e", events_json(event(timezone="Asia/Famagusta")))
            await imports.take("after", table([row, chip_row(2, at=MOMENT)]))
            (told,) = imports.said(ChipCountsTold)
            assert told.zone_assumed
            assert told.recorded_at == datetime(2031, 10, 19, 14, 20, tzinfo=UTC)
            assert len(told.rows) == 2

    async def test_the_earlier_of_a_repeated_hour_is_taken(self) -> None:
        async with importing() as imports:
            await imports.take("e", events_json(event(timezone="Europe/Berlin")))
            await imports.take("c", table([chip_row(1, at="2031-10-26 02:30:00")]))
            (told,) = imports.said(ChipCountsTold)
            assert told.recorded_at == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)
