"""What the page's panels say of sources and of people, in a real Chromium."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser, expect

from bus.clock import utc_now
from contracts.messages import Event
from contracts.messages.wsop import (
    Counts,
    ImportClosed,
    ImportRejected,
    ImportStarted,
    Kind,
    PlayersTold,
    Progress,
)
from contracts.messages.wsop_sync import SourceRegistered, SourceSyncFailed
from tests.support.browser import SIZES, desk
from tests.support.gateway import Stage
from tests.support.people import override_set
from tests.support.tournament import Imports, linked, minutes, player_id

pytestmark = pytest.mark.browser

# Whether no two texts of a line lie on each other, and none reaches out of it.
APART = """line => {
  const boxes = [...line.querySelectorAll(".badge, b, :scope > .n, .line > span, .ready")]
    .map(node => node.getBoundingClientRect());
  return line.scrollWidth <= line.clientWidth && boxes.every((a, i) => boxes.slice(i + 1).every(
    b => a.right <= b.left + 1 || b.right <= a.left + 1
      || a.bottom <= b.top + 1 || b.bottom <= a.top + 1));
}"""
# Chromium on a busy machine; a failure still tells what was seen last.
expect.set_options(timeout=15_000)


def source(kind: Kind) -> SourceRegistered:
    return SourceRegistered(kind=kind, interval_s=900, enabled=True, pulled=False)


def said_of_sources() -> list[Event]:
    """Stacks that are being read, players one of whom was refused, and a file nobody can read."""
    begun, _ = Imports("c").counts(minutes(0), [])
    first, _, last = Imports("p").players()
    assert isinstance(begun, ImportStarted)
    assert isinstance(last, ImportClosed)
    so_far = Progress(through=1, counts=Counts(created=4_000, changed=3))
    counts = Counts(changed=12, unchanged=1_187, rejected=1)
    return [
        *map(source, ("chip_counts", "players", "standings", "events")),
        replace(begun, rows=10_000),
        PlayersTold(import_id=begun.import_id, rows=(), progress=so_far),
        first,
        replace(last, status="partial", rows=1_200, counts=counts),
        ImportRejected(
            import_id="s1",
            kind="standings",
            file=replace(last.file, path=f"day 3/{'long ' * 20}Standings.csv"),
            code="missing_header",
            reason="the columns lack chip_count",
            position="line 1",
        ),
    ]


def failed_run() -> SourceSyncFailed:
    """A run that is tried again in a while."""
    now = utc_now()
    return SourceSyncFailed(
        kind="events",
        sync_id="a",
        operation="scheduled",
        attempt=1,
        error="the server says 503",
        failures=1,
        duration_ms=5,
        retry_at=now + timedelta(minutes=9),
        next_due_at=now + timedelta(minutes=15),
    )


@pytest.mark.parametrize("size", SIZES)
async def test_each_source_says_how_it_is_what_became_of_its_rows_and_what_is_wrong(
    size: str, system: Stage, browser: Browser
) -> None:
    await system.say(*said_of_sources())
    async with desk(browser, system.place.url, size) as page:
        lines = page.locator("#news .sources li")
        await expect(lines).to_have_count(4)
        chips, events, players, standings = [lines.nth(number) for number in range(4)]
        await expect(chips.locator(".badge")).to_have_text("SYNCING")
        await expect(chips).to_contain_text("4,003 of 10,000 rows")
        await expect(events).to_contain_text("never")
        await expect(events).to_contain_text("No file yet")
        await expect(players).to_contain_text("1,200 rows, 12 changed, 1 rejected, 1,187 unchanged")
        await expect(players.locator(".warn")).to_have_text("Partial: 1 row not taken")
        await expect(standings.locator(".badge")).to_have_text("ERROR")
        await expect(standings.locator(".ready.fault")).to_contain_text("Failed: day 3/long")
        await system.say(failed_run())
        await expect(events.locator(".ready.fault")).to_have_text("Failed: the server says 503")
        await expect(events.locator(".line .n")).to_have_text(re.compile(r"Retry in [78] min"))
        for line in await lines.all():
            assert await line.evaluate(APART)


async def test_the_leaderboard_names_the_person_and_the_country(
    system: Stage, browser: Browser
) -> None:
    await system.say_hands(1)
    person = f"w-{player_id(7)}"
    told = [
        *Imports("p").players(p7="Wren Holt"),
        linked(5, 7),
        override_set(person_id=person, value="Wren Hölt"),
        override_set(person_id=person, override_id="o2", field="country_code", value="NO"),
    ]
    async with desk(browser, system.place.url) as page:
        row = page.locator("#leaderboard tbody tr").nth(1)
        await expect(row.locator(".name")).to_have_text("Ada Ostrander")
        await system.say(*told)
        await expect(row.locator(".name")).to_have_text("NO Wren Hölt")
        await expect(row.locator("abbr")).to_have_text("NO")
