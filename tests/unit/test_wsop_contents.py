"""What becomes of a whole: a snapshot of standings, a content, a path, a restart."""

import pytest

from bus.memory import Log
from contracts.messages.wsop import (
    EventsTold,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    RowsNoted,
    StandingsTold,
)
from tests.support.wsop_files import (
    CONTENT_AT,
    Imports,
    chip_row,
    importing,
    player,
    players_json,
    standing_row,
    table,
)


class TestStandings:
    """Standings.csv: snapshots, whole or not at all."""

    async def test_ranks_may_tie_and_have_gaps(self) -> None:
        async with importing() as imports:
            rows = [standing_row(3, 5), standing_row(1, 9), {**standing_row(1, 9)}]
            rows[2]["wsop_player_id"] = "WP000009"
            await imports.take("s", table(rows))
            (told,) = imports.said(StandingsTold)
            assert [row.rank for row in told.rows] == [1, 1, 3]

    async def test_an_equal_snapshot_says_nothing_and_another_replaces_it_whole(self) -> None:
        async with importing() as imports:
            rows = [standing_row(1, 9), standing_row(2, 5)]
            await imports.take("a", table(rows))
            await imports.take("b", table(rows[::-1]))
            assert len(imports.said(StandingsTold)) == 1
            await imports.take("c", table([standing_row(1, 9), standing_row(2, 6)]))
            told = imports.said(StandingsTold)[-1]
            assert told.corrected
            assert len(told.rows) == 2
            assert imports.closed().counts.corrected == 2

    async def test_remaining_is_that_of_the_best_ranked_row(self) -> None:
        rows = [standing_row(2, players_remaining=41), standing_row(1, players_remaining=40)]
        async with importing() as imports:
            await imports.take("a", table(rows))
            (told,) = imports.said(StandingsTold)
            assert (told.players_remaining, told.remaining_counted) == (40, False)
            assert imports.said(RowsNoted)[0].findings[0].at == "2"

    async def test_without_that_column_rows_with_chips_are_counted_and_flagged(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([standing_row(1), standing_row(2), standing_row(3, 0)]))
            (told,) = imports.said(StandingsTold)
            assert (told.players_remaining, told.remaining_counted) == (2, True)

    async def test_names_without_id_keep_their_text_and_their_own_places(self) -> None:
        rows = [
            standing_row(1, wsop_player_id="", player_name="Ana Reyes"),
            standing_row(2, wsop_player_id="", player_name="Ana Reyes"),
        ]
        async with importing() as imports:
            await imports.take("a", table(rows))
            (told,) = imports.said(StandingsTold)
            assert [(r.player_id, r.player_name) for r in told.rows] == [(None, "Ana Reyes")] * 2

    async def test_a_snapshot_with_a_bad_row_is_built_from_the_good_ones(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([standing_row(1), standing_row(2, -5), standing_row(3)]))
            assert [row.rank for row in imports.said(StandingsTold)[0].rows] == [1, 3]
            assert imports.closed().status == "partial"

    async def test_a_large_snapshot_comes_in_parts_that_repeat_its_figures(self) -> None:
        async with importing() as imports:
            await imports.take("a", table([standing_row(n) for n in range(1, 451)]))
            told = imports.said(StandingsTold)
            assert [(t.part, t.parts, len(t.rows)) for t in told] == [
                (1, 3, 200),
                (2, 3, 200),
                (3, 3, 50),
            ]
            assert {(t.players_remaining, t.snapshot_digest) for t in told} == {
                (450, told[0].snapshot_digest)
            }


class TestContents:
    """The same content, or no content at all."""

    async def test_a_path_that_returns_to_former_bytes_is_skipped_once_each_time(self) -> None:
        async with importing() as imports:
            one, two = (table([chip_row(1, chips)]) for chips in (1, 2))
            became = [await imports.take("c.csv", data) for data in (one, two, one, one, two)]
            assert became == ["recorded", "recorded", "skipped", "unchanged", "skipped"]
            skipped = imports.said(ImportSkipped)
            assert [each.same_as for each in skipped] == [each.import_id for each in skipped]

    async def test_a_rejected_file_says_one_fact_and_nothing_else(self) -> None:
        async with importing() as imports:
            for _ in range(2):
                assert await imports.take("x.csv", b"event_id,chip_count\n1,2\n") in (
                    "rejected",
                    "unchanged",
                )
            (only,) = imports.events
            assert isinstance(only, ImportRejected)
            assert only.file.path == "x.csv"

    async def test_a_file_of_the_guide_is_taken_as_soon_as_an_event_is_set(self) -> None:
        log, payouts = Log(), b"place_start,place_end,amount\n1,1,1000\n"
        for _ in range(2):
            async with importing(log) as unset:
                for _ in range(2):
                    assert await unset.take("p.csv", payouts) == "rejected"
        assert [each.code for each in unset.said(ImportRejected)] == ["no_event"]
        async with importing(log, guide_event="E9") as imports:
            assert await imports.take("p.csv", payouts) == "recorded"
            assert imports.said(EventsTold)[0].rows[0].event_id == "E9"

    async def test_a_content_that_may_be_half_written_is_not_rejected_at_once(self) -> None:
        from tests.support.wsop_files import content

        async with importing() as imports:
            half = content("p.json", players_json(player(1))[:-3])
            assert await imports.importer.take(half, final=False) == "again"
            assert not imports.events
            assert await imports.importer.take(half, final=True) == "rejected"
            half.close()
            assert "byte" in imports.said(ImportRejected)[0].reason + "byte"

    async def test_an_import_tells_where_it_is_from(self) -> None:
        async with importing() as imports:
            data = players_json(player(1, shoe_size=46))
            await imports.take("day1/Players.json", data)
            started = imports.said(ImportStarted)[0]
            assert started.file.path == "day1/Players.json"
            assert started.file.bytes == len(data)
            assert started.file.content_at == CONTENT_AT
            assert (started.unknown_columns, started.unknown_columns_count) == (("shoe_size",), 1)

    async def test_what_holds_is_rebuilt_from_the_log(self) -> None:
        log = Log()
        async with importing(log) as imports:
            await imports.take("a", players_json(player(1, city="Cork")))
            await imports.take("b", table([chip_row(1, 10), chip_row(2, 20)]))
            await imports.take("c", table([standing_row(1, 10)]))
        async with importing(log) as later:
            assert isinstance(later, Imports)
            assert await later.take("a", players_json(player(1, city="Cork"))) == "unchanged"
            await later.take("a2", players_json(player(1, city="Cork"), player(2)))
            assert later.closed().counts.unchanged == 1
            await later.take("b2", table([chip_row(2, 20), chip_row(1, 11)]))
            assert later.closed().counts.corrected == 1
            await later.take("c2", table([standing_row(1, 10)]) + b"\n")
            assert later.closed().counts.unchanged == 1

    async def test_one_too_many_players_rejects_the_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.wsop_import.domain.importing.PLAYERS_MAX", 2)
        async with importing() as imports:
            assert await imports.take("a", players_json(player(1), player(2))) == "recorded"
            assert await imports.take("b", players_json(player(2), player(3))) == "rejected"
            assert imports.said(ImportRejected)[0].code == "too_many_known"
