"""The sample files of the tournament platform, through the real importer into the views."""

from bus.api import recorded
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.events.store import SPEC as EVENTS
from projections.standings.store import SPEC as STANDINGS
from tests.support.stored import stored
from tests.support.wsop_files import importing, sample_folder

FILES = ("Events.json", "Players.json", "ChipCounts.csv", "Standings.csv")
MADE = """
select rows.rank, rows.person_id, rows.chips from views.standings_rows as rows
join views.standings as held on held.set_id = rows.set_id
where held.source = $1 order by rows.rank, rows.person_id
"""


async def facts_of_the_sample():
    folder = sample_folder()
    async with importing() as imports:
        for name in FILES:
            await imports.take(name, (folder / name).read_bytes())
        return [recorded(message) for message in imports.log.events]


async def test_the_recomputed_standings_of_the_sample_are_those_of_its_snapshot(database):
    facts = await facts_of_the_sample()
    async with stored(database, CHIP_COUNTS, EVENTS, STANDINGS) as views:
        await views.tell(facts)
        held = await views.rows("select * from views.standings order by source")
        imported, made = [await views.values(MADE, each["source"]) for each in held]
        out = await views.values("select person_id, blocked from views.eliminations")
        [event] = await views.rows("select * from views.events where known and places_paid > 0")

    print(len(imported), "places", len(out), "out", event["event_id"], event["places_paid"])
    assert [each["shown"] for each in held] == [True, False]
    assert imported == made
    assert held[0]["players_remaining"] == held[1]["players_remaining"] == len(made)
    assert out
    assert all(blocked for _, blocked in out)
