"""Standings as the views show them: imported and recomputed, now and as known before."""

import random

import pytest

from bus import checkpoint, parking
from projections.standings.store import SPEC as STANDINGS
from tests.support.folding import log_of
from tests.support.stored import stored
from tests.support.tournament import EVENT, Imports, chips, minutes, payout, place, player_id

HEADER = (
    "select source, at, players_remaining, chips_in_play, chips_counted, average_stack, "
    "median_stack, full_count_at from views.standings where event_id = $1 and shown"
)
ROWS = (
    "select rows.rank, rows.person_id, rows.chips from views.standings_rows as rows "
    "join views.standings as held on held.set_id = rows.set_id and held.shown "
    "where rows.event_id = $1 order by rows.position"
)


def person(number):
    return f"w-{player_id(number)}"


async def shown(views):
    header = await views.rows(HEADER, EVENT)
    return header[0] if header else None, await views.values(ROWS, EVENT)


@pytest.fixture
async def views(database):
    async with stored(database, STANDINGS) as opened:
        yield opened


def ranks_of(count, top=100_000):
    return [place(n, n, top - n * 1000) for n in range(1, count + 1)]


async def test_a_snapshot_is_shown_as_given_with_its_ties_and_gaps(views):
    rows = [place(1, 1, 500), place(2, 2, 400), place(2, 3, 400), place(5, 4, 100)]
    await views.tell(log_of(*Imports().standings(minutes(0), rows)))

    header, found = await shown(views)
    assert [rank for rank, *_ in found] == [1, 2, 2, 5]
    assert (header["source"], header["players_remaining"]) == ("imported", 4)
    assert (header["chips_in_play"], header["average_stack"], header["median_stack"]) == (
        1400,
        350,
        400,
    )


async def test_an_import_counts_when_it_is_closed_and_never_when_it_was_abandoned(views):
    imports = Imports()
    told = imports.standings(minutes(0), ranks_of(5), size=2)
    await views.tell(log_of(*told[:-1]))
    assert (await shown(views))[0] is None
    given_up = imports.standings(minutes(1), ranks_of(3), status="abandoned")
    await views.tell(log_of(*told[:-1], *given_up))
    assert (await shown(views))[0] is None
    await views.tell(log_of(*told[:-1], *given_up, told[-1]))
    assert len((await shown(views))[1]) == 5


async def test_a_list_of_the_best_tells_neither_the_chips_of_all_nor_a_median(views):
    imports = Imports()
    facts = imports.standings(minutes(0), ranks_of(3), remaining=40)
    await views.tell(log_of(*facts))
    header, _ = await shown(views)
    assert header["players_remaining"] == 40
    assert (header["chips_in_play"], header["average_stack"], header["median_stack"]) == (
        None,
        None,
        None,
    )

    facts += imports.events(starting_chips=30_000, total_entries=201)
    await views.tell(log_of(*facts))
    header, _ = await shown(views)
    assert (header["chips_in_play"], header["average_stack"]) == (6_030_000, 150_750)


async def test_an_event_said_to_start_with_no_chips_has_those_that_are_counted(views):
    imports = Imports()
    facts = imports.events(starting_chips=0, total_entries=2)
    facts += imports.counts(minutes(0), [chips(1, 500), chips(2, 300)])
    await views.tell(log_of(*facts))
    header, _ = await shown(views)
    assert (header["chips_in_play"], header["chips_counted"], header["average_stack"]) == (
        800,
        True,
        400,
    )


async def test_the_newer_of_snapshot_and_recomputation_holds_and_a_tie_is_the_snapshots(views):
    imports = Imports()
    facts = imports.standings(minutes(10), ranks_of(2))
    facts += imports.counts(minutes(10), [chips(1, 7), chips(2, 9)])
    await views.tell(log_of(*facts))
    assert (await shown(views))[0]["source"] == "imported"

    facts += imports.counts(minutes(11), [chips(1, 8), chips(2, 8)])
    await views.tell(log_of(*facts))
    header, rows = await shown(views)
    assert (header["source"], header["at"]) == ("recomputed", minutes(11))
    assert rows == [(1, person(1), 8), (1, person(2), 8)]


async def test_who_is_missing_from_a_full_count_is_out_and_a_subset_removes_nobody(views):
    imports = Imports()
    facts = imports.counts(minutes(0), [chips(n, n * 100) for n in range(1, 6)])
    facts += imports.counts(minutes(5), [chips(1, 900)])
    await views.tell(log_of(*facts))
    header, rows = await shown(views)
    assert header["full_count_at"] is None
    assert [who for _, who, _ in rows] == [person(n) for n in (1, 5, 4, 3, 2)]

    facts += imports.standings(minutes(6), [place(1, 1, 900)], remaining=3)
    facts += imports.counts(minutes(7), [chips(n, n * 100) for n in (2, 3, 4)])
    await views.tell(log_of(*facts))
    header, rows = await shown(views)
    assert (header["full_count_at"], header["players_remaining"]) == (minutes(7), 3)
    assert [who for _, who, _ in rows] == [person(4), person(3), person(2)]


@pytest.mark.parametrize(("entries", "full"), [(10, True), (11, False)])
async def test_nearly_all_chips_of_the_event_make_a_count_full(views, entries, full):
    imports = Imports()
    facts = imports.events(starting_chips=100, total_entries=entries)
    facts += imports.counts(minutes(0), [chips(1, 500), chips(2, 500), chips(3, 5)])
    facts += imports.counts(minutes(1), [chips(1, 450), chips(2, 550)])
    await views.tell(log_of(*facts))

    header, rows = await shown(views)
    assert header["full_count_at"] == (minutes(1) if full else None)
    assert len(rows) == (2 if full else 3)


async def test_players_left_by_an_abandoned_snapshot_make_no_count_full(views):
    imports = Imports()
    facts = imports.standings(minutes(0), [place(1, 1, 1)], remaining=2, status="abandoned")
    facts += imports.counts(minutes(1), [chips(n, 10 * n) for n in (1, 2, 3)])
    facts += imports.counts(minutes(2), [chips(1, 5), chips(2, 6)])
    await views.tell(log_of(*facts))
    header, rows = await shown(views)
    assert (header["full_count_at"], len(rows)) == (None, 3)


async def test_a_corrected_count_can_take_a_full_count_back(views):
    imports = Imports()
    facts = imports.standings(minutes(0), [place(1, 1, 1)], remaining=2)
    facts += imports.counts(minutes(1), [chips(n, 10 * n) for n in (1, 2, 3)])
    facts += imports.counts(minutes(2), [chips(1, 5), chips(2, 6)])
    await views.tell(log_of(*facts))
    assert len((await shown(views))[1]) == 2

    facts += imports.counts(minutes(2), [chips(2, 0, before=chips(2, 6).told)])
    await views.tell(log_of(*facts))
    assert (await shown(views))[1] == [(1, person(3), 30), (2, person(1), 5)]


async def test_a_late_older_snapshot_fills_the_history_only(views):
    imports = Imports()
    newer = imports.standings(minutes(30), ranks_of(2))
    older = imports.standings(minutes(10), ranks_of(9))
    await views.tell(log_of(*newer, *older))
    assert (await shown(views))[0]["at"] == minutes(30)
    history = "select at from views.standings_history where source = 'imported' order by at"
    assert await views.values(history) == [(minutes(10),), (minutes(30),)]


async def test_a_correction_replaces_a_snapshot_whole_and_the_old_one_stays_known(views):
    imports = Imports()
    facts = imports.standings(minutes(0), ranks_of(3))
    first = len(facts)
    facts += imports.standings(minutes(0), ranks_of(2, 50_000), corrected=True)
    await views.tell(log_of(*facts))
    assert (await shown(views))[1] == [(1, person(1), 49_000), (2, person(2), 48_000)]
    history = await views.values(
        "select from_seq, to_seq, rows from views.standings_history "
        "where source = 'imported' order by from_seq"
    )
    assert history == [(first, len(facts), 3), (len(facts), None, 2)]


async def test_the_figures_known_at_a_time_are_those_of_that_time(views):
    imports = Imports()
    facts = imports.events(starting_chips=100, total_entries=10)
    facts += imports.standings(minutes(0), ranks_of(2))
    closed = len(facts)
    facts += imports.events(total_entries=20)
    await views.tell(log_of(*facts))

    known = await views.values(
        "select from_seq, to_seq, chips_in_play from views.standings_history order by from_seq"
    )
    assert known == [(closed, closed + 2, 1000), (closed + 2, None, 2000)]


async def test_a_name_is_the_player_whom_it_fits_alone_in_the_event(views):
    imports = Imports()
    facts = imports.players(p1="Zoë Løvdahl", p2="Bo Quist", p3="BO QUIST", p4="Ida Elsewhere")
    facts += imports.counts(minutes(0), [chips(n, 100) for n in (1, 2, 3)])
    rows = [
        place(n, name, 9) for n, name in enumerate(("Zoe Lovdahl", "Bo Quist", "Ida Elsewhere"))
    ]
    facts += imports.standings(minutes(1), rows)
    await views.tell(log_of(*facts))
    named = "select told_name, person_id, by_name from views.standings_rows where stated_at = $1"
    assert await views.values(named + " order by position", minutes(1)) == [
        ("Zoe Lovdahl", person(1), True),
        ("Bo Quist", None, False),
        ("Ida Elsewhere", None, False),
    ]


def whole_day(imports):
    """Files of one event, each as its facts; no key is told twice."""
    files = [
        imports.events(starting_chips=1000, total_entries=12, payouts=(payout(1, 3, 100),)),
        imports.players(p1="Ada Quill", p2="Bo Quist", p3="Cy Penn"),
    ]
    for number in range(4):
        left = range(1, 12 - 2 * number)
        files.append(imports.counts(minutes(10 * number), [chips(n, 50 + n) for n in left], size=3))
        out = [place(11 - 2 * number + 1, 12 - 2 * number, 0, status="eliminated")]
        places = [place(rank, n, 50 + n) for rank, n in enumerate(reversed(left), 1)] + out
        files.append(imports.standings(minutes(10 * number + 1), places, size=4))
    files.append(imports.counts(minutes(45), [chips(1, 77), chips("Bo Quist", 8, table_num=4)]))
    return files


BUSINESS = (
    "select source, at, players_remaining, chips_in_play, average_stack, median_stack, shown, "
    "full_count_at from views.standings order by source",
    "select held.source, rows.position, rows.rank, rows.person_id, rows.name, rows.chips, "
    "rows.by_name from views.standings_rows as rows "
    "join views.standings as held on held.set_id = rows.set_id order by 1, 2",
    "select source, at, rows from views.standings_history "
    "where source = 'imported' and to_seq is null order by at",
    "select person_id, name, place, prize, status, eliminated_at, re_entries, blocked "
    "from views.eliminations order by person_id",
    "select person_id, name, stub, state from views.event_players order by person_id",
)


async def test_any_order_of_the_files_and_any_split_show_the_same(views):
    chance, plain = random.Random(7), None
    for number in range(12):
        files = whole_day(Imports())
        if number:
            chance.shuffle(files)
        facts, until = log_of(*(fact for file in files for fact in file)), 0
        views.forget()
        while number and until < len(facts):
            until += chance.randint(1, 9)
            views.fold(facts[:until])
        await views.tell(facts)
        found = [await views.values(query) for query in BUSINESS]
        plain = plain or found
        assert found == plain


async def test_a_replay_gives_the_very_same_rows_whatever_the_batches(views):
    facts = log_of(*(fact for file in whole_day(Imports()) for fact in file))
    await views.tell(facts)
    names = ("standings", "standings_history", "standings_rows", "standings_ranks", "eliminations")
    once = await views.shown(*names)
    views.forget()
    for until in range(1, len(facts)):
        views.fold(facts[:until])
    await views.tell(facts)
    assert await views.shown(*names) == once
    assert all(once.values())


@pytest.mark.parametrize("key", ["wsop", "evt.wsop.import.i9"])
async def test_a_fact_that_waits_marks_the_standings_incomplete(views, database, key):
    await views.tell(log_of(*Imports().standings(minutes(0), ranks_of(2))))
    marked = "select incomplete from views.standings"
    assert await views.values(marked) == [(False,)]
    connection = await checkpoint.connect(database, "test")
    waiting = parking.Parked(9, key, "evt.wsop.import.i9.standings_told", "no reason")
    await parking.store(connection, STANDINGS.schema, [waiting])
    await connection.close()
    assert await views.values(marked) == [(True,)]
