"""Every golden figure of the real exports, as the views show it: hand by hand and file by file."""

import json
import random
from collections import Counter
from itertools import groupby

from contracts.poker.ticks import TICKS_PER_SECOND
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.hands.store import SPEC as HANDS
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.folding import log_of
from tests.support.gfx_facts import said_about
from tests.support.gfx_files import real_data, real_files, sha256
from tests.support.stored import stored

# A golden line has one figure that no view has: it follows from the actions.
HAND_FIGURES = """
select
    game_id, ordinal, hand_num, start_utc, start_ticks::text, duration_ticks, events,
    small_blind, big_blind, ante, seats_listed, seats_dealt, board, pot_total, uncalled,
    uncalled_seat, pot_called, pot_checks, pot_mismatches, state, net, collected, over_award,
    showdown, showdown_rank, showdown_best_seats, board_rank, grade, premium_hand, long_play,
    board_combo, busted, duplicate_cards, sum_start, sum_end, actions, players
from views.hands order by game_id, ordinal
"""


def snapshots():
    return [parse(data, Origin("GG", path, sha256(data))) for path, data in real_files()]


def facts_of(files):
    """The log of these files, game by game, in the order of the files."""
    games = groupby(sorted(files, key=lambda each: each.game_id), lambda each: each.game_id)
    return log_of(*(event for _, told in games for event in said_about(told)))


def golden_line(row):
    """A row of the view under the names of a golden line."""
    row = dict(row)
    actions, players = row.pop("actions"), {each["seat"]: each for each in row.pop("players")}
    row["max_event_pot"] = max((action["pot"] for action in actions), default=0)
    row["busted"] = [bust(players[seat]) for seat in row["busted"]]
    return row


def bust(player):
    return {
        "seat": player["seat"],
        "name": player["name"],
        "rank_in_record": player["elimination_rank"],
    }


async def test_the_views_show_every_golden_figure_of_every_hand(database):
    wanted = [json.loads(line) for line in (real_data() / "golden_hands.jsonl").open()]
    async with stored(database, HANDS) as views:
        await views.tell(facts_of(snapshots()))
        rows = [golden_line(row) for row in await views.rows(HAND_FIGURES)]
        corrections = await views.values(
            "select count(*) from views.findings where kind = 'stack_corrected'"
        )
        busts = await views.values(
            "select count(*) from views.findings where kind = 'player_busted'"
        )
        grades = await views.values(
            "select grade, graded_by, count(*) from views.hands group by 1, 2 order by 1"
        )
        counted = await views.rows(
            "select sum(pot_checks)::int as pot_checks, sum(pot_mismatches)::int as mismatches, "
            "count(*) filter (where showdown) as showdowns, "
            "count(*) filter (where over_award) as over_awards, "
            "count(*) filter (where duplicate_cards <> '[]') as duplicates from views.hands"
        )
    states = Counter(row["state"] for row in rows)
    print(len(rows), "hands", counted, states, grades, "corrections", corrections, "busts", busts)
    assert sorted(rows, key=key) == sorted(wanted, key=key)
    assert counted == [
        {
            "pot_checks": 3222,
            "mismatches": 0,
            "showdowns": 166,
            "over_awards": 0,
            "duplicates": 1,
        }
    ]
    assert states == {"settled": 696, "unsettled": 4, "edited": 1}
    assert grades == [("A", "auto", 3), ("B", "auto", 8), ("C", "auto", 690)]
    assert (corrections, busts) == ([(37,)], [(40,)])


def key(line):
    return line["game_id"], line["ordinal"]


# One row per golden file, each asked when that file alone is known.
FILE_FIGURES = """
select
    game.game_id,
    game.table_name,
    game.table_type as type,
    game.created_utc,
    game.hands,
    game.settled_hands,
    game.unsettled_hands,
    game.edited_hands,
    (array_agg(hand.start_utc order by hand.ordinal))[1] as first_hand_utc,
    (array_agg(hand.start_utc order by hand.ordinal desc))[1] as last_hand_utc,
    (array_agg(hand.state order by hand.ordinal desc))[1] as final_state_of_last_hand,
    min(hand.hand_num) as hand_num_min,
    max(hand.hand_num) as hand_num_max,
    sum(hand.events)::int as events,
    sum(hand.duration_ticks)::bigint as duration_ticks,
    sum(hand.pot_checks)::int as pot_checks,
    sum(hand.pot_mismatches)::int as pot_mismatches,
    count(*) filter (where hand.showdown) as showdowns
from views.games as game join views.hands as hand on hand.game_id = game.game_id
group by 1, 2, 3, 4, 5, 6, 7, 8
"""
LARGEST = """
select {amount} as amount, hand_num, ordinal from views.hands order by 1 desc, ordinal limit 1
"""
EVENT_POT = "coalesce((select max((a->>'pot')::bigint) from jsonb_array_elements(actions) a), 0)"
PLAYERS = """
select count(distinct name) as by_name, count(distinct (name, long_name)) as by_names,
    (select count(*) from views.identities) as by_key
from views.hand_seats
"""
LEVELS = """
select small_blind, big_blind, ante from views.hands group by 1, 2, 3 order by min(ordinal)
"""
FINAL_STACKS = """
select seat, name, long_name, end_stack as chips, sitting_out, elimination_rank
from views.hand_seats where start_ticks = (select max(start_ticks) from views.hands) order by seat
"""
ADJUSTMENTS = """
select ordinal as before_ordinal, seat, name,
    (detail->>'new_chips')::bigint - (detail->>'old_chips')::bigint as delta
from views.findings where kind = 'stack_corrected' order by ordinal, seat
"""
BUSTS = """
select finding.seat, finding.name, seat.elimination_rank as rank_in_record, finding.ordinal,
    finding.hand_num
from views.findings as finding join views.hand_seats as seat using (game_id, start_ticks, seat)
where kind = 'player_busted' order by ordinal, seat
"""


EVENT_TYPES = """
select action ->> 'kind', count(*)
from views.hands cross join lateral jsonb_array_elements(actions) as action group by 1
"""


async def file_figures(views):
    """All figures of a golden file that the hands tell, and those beside them."""
    (row,) = await views.rows(FILE_FIGURES)
    (players,) = await views.rows(PLAYERS)
    states = {name: row.pop(f"{name}_hands") for name in ("edited", "settled", "unsettled")}
    repeated = await views.values(
        "select hand_num from views.hands group by 1 having count(*) > 1 order by 1"
    )
    return row | {
        "table_folder": f"table-{row.pop('table_name')}",
        "duration_seconds_sum": row.pop("duration_ticks") / TICKS_PER_SECOND,
        "states": {name: count for name, count in states.items() if count},
        "repeated_hand_nums": [number for (number,) in repeated],
        "event_types": dict(await views.values(EVENT_TYPES)),
        "players_by_name": players["by_name"],
        "players_by_name_and_long_name": players["by_names"],
        "players_by_key": players["by_key"],
        "blind_levels": [list(level) for level in await views.values(LEVELS)],
        "largest_pot_total": (await views.rows(LARGEST.format(amount="pot_total")))[0],
        "largest_pot_called": (await views.rows(LARGEST.format(amount="pot_called")))[0],
        "largest_event_pot": (await views.rows(LARGEST.format(amount=EVENT_POT)))[0],
        "grades": dict(await views.values("select grade, count(*) from views.hands group by 1")),
        "stack_adjustments_between_hands": await views.rows(ADJUSTMENTS),
        "final_stacks": await views.rows(FINAL_STACKS),
        "busts": await views.rows(BUSTS),
    }


async def test_the_views_show_every_golden_figure_of_every_file(database):
    golden = json.loads((real_data() / "golden_files.json").read_text())["files"]
    checked = Counter()
    async with stored(database, HANDS) as views:
        for file in snapshots():
            views.forget()
            await views.tell(facts_of([file]))
            ours = await file_figures(views)
            wanted = golden[f"table-GG/{file.source.path}"]
            assert {name: wanted[name] for name in ours} == ours, file.source.path
            # What the bytes say, and a list that a table of stacks gives.
            assert wanted.keys() - ours.keys() == {"sha256", "bytes", "elimination_ranks"}
            ranks = sorted(
                (each["elimination_rank"], each["seat"], each["name"])
                for each in ours["final_stacks"]
                if each["elimination_rank"] != -1
            )
            assert ranks == sorted(map(rank, wanted["elimination_ranks"]))
            checked.update(files=1, figures=len(ours))
    print(dict(checked))
    assert checked["files"] == len(golden) == 18


def rank(each):
    return each["rank"], each["seat"], each["name"]


async def test_any_order_of_the_files_and_any_batches_show_the_same(database):
    files, chance = snapshots(), random.Random(19)
    names = ("games", "hands", "hand_seats", "identities", "findings", "chips")
    plain = {}
    async with stored(database, HANDS, CHIP_COUNTS) as views:
        for number in range(3):
            views.forget()
            facts = facts_of(chance.sample(files, len(files)) if number else files)
            until = 0
            while number and until < len(facts):
                until += chance.randint(1, 40)
                views.fold(facts[:until])
            await views.tell(facts)
            found = {name: await business(views, name) for name in names}
            plain = plain or found
            assert found == plain


async def business(views, name):
    rows = await views.rows(f"select * from views.{name}")
    audit = ("first_sequence", "last_sequence", "said_at", "revised", "from_seq")
    return sorted(
        json.dumps({k: v for k, v in row.items() if k not in audit}, default=str, sort_keys=True)
        for row in rows
    )


STACKS = """
select chips.game_id, chips.seat, chips.name, chips.stack, chips.ordinal, chips.big_blind
from views.chips order by 1, 2
"""
LAST_SEATS = """
select seat.game_id, seat.seat, seat.name,
    case when seat.state = 'settled' then seat.end_stack else seat.start_stack end,
    seat.ordinal, seat.big_blind
from views.hand_seats as seat join views.games as game
    on game.game_id = seat.game_id and game.last_start_ticks = seat.start_ticks
order by 1, 2
"""


async def test_the_current_stacks_are_those_of_the_last_hand_of_each_game(database):
    async with stored(database, HANDS, CHIP_COUNTS) as views:
        await views.tell(facts_of(snapshots()))
        current = await views.values(STACKS)

        assert current == await views.values(LAST_SEATS)
        assert len({game_id for game_id, *_ in current}) == 15
