"""Every value of a person leads to the file, the record and the key that say it."""

import asyncio
import csv
import io
import json
from random import Random
from typing import Any

import httpx

from contracts import persons
from contracts.messages.override import LinkVerified, OverrideSet
from contracts.poker.identity import player_hash
from projections.unified_players.domain import PeriodRow, UnifiedPlayersFold
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support import gfx_files, wsop_files
from tests.support.folding import Folding, log_of
from tests.support.gateway import Stage
from tests.support.gfx_facts import Files, said_about
from tests.support.people import override_set

PLAYERS = 400
STRANGERS = 20
ASKED = 200
# Requests under way: a few more than the gateway has connections.
AT_ONCE = 12
WORDS = ["Ida", "Wren", "Łukasz", "Østby", "Ana", "Maria", "Quill", "Ruff", "Çelik", "van", "Dam"]
FIELDS = ("name", "name_display", "name_short", "country_code", "earnings", "city", "nickname")
FILES: dict[str, bytes] = {}


def named(random: Random) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(2, 3)))


def players_file(random: Random) -> bytes:
    return wsop_files.players_json(
        *(
            wsop_files.player(
                number,
                name=f" {named(random)} ",
                **({"country_code": random.choice(["KR", "CY", "DE"])} if number % 3 else {}),
                **({"lifetime_earnings": random.randint(0, 10**9)} if number % 2 else {}),
                **({"city": "Łódź"} if number % 5 else {}),
                **({"nickname": named(random)} if number % 7 == 0 else {}),
            )
            for number in range(PLAYERS)
        )
    )


def stacks_file(random: Random) -> bytes:
    return wsop_files.table(
        wsop_files.chip_row(PLAYERS + number, player_name=named(random))
        for number in range(STRANGERS)
    )


def game_file(random: Random) -> tuple[bytes, list[str]]:
    """Thirty hands of changing people, and the ids of all of them."""
    hands, identities = [], set()
    for number in range(30):
        hand = gfx_files.hand(number)
        for seat in hand["Players"]:
            name, first = random.choice(WORDS), random.choice(["", "Ida", "Bo"])
            seat |= {"Name": name, "LongName": f"{first} {name}" if first else ""}
            identities.add(persons.of_identity(player_hash(seat["Name"], seat["LongName"])))
        hands.append(hand)
    return gfx_files.game_file(*hands), sorted(identities)


async def told(system: Stage, random: Random) -> tuple[list[str], dict[str, OverrideSet]]:
    """Ids of everybody, and the overrides by their ids, once all of it is in the log."""
    game, identities = game_file(random)
    path = f"day1/{gfx_files.file_name()}"
    FILES.update(
        {"Players.json": players_file(random), "ChipCounts.csv": stacks_file(random), path: game}
    )
    async with wsop_files.importing() as imports:
        for name in ("Players.json", "ChipCounts.csv"):
            await imports.take(name, FILES[name])
    origin = Origin("river", path, gfx_files.sha256(game))
    await system.say(*imports.events, *said_about([parse(game, origin)]))
    everybody = [f"w-WP{number:06d}" for number in range(PLAYERS + STRANGERS)]
    said = {
        f"o{number}": override_set(
            person_id=person, override_id=f"o{number}", value=f"Said {number}"
        )
        for number, person in enumerate(random.sample([*everybody, *identities], 60))
    }
    links = [
        LinkVerified(
            person_id=identity, wsop_player_id=f"WP{random.randrange(PLAYERS):06d}",
            confidence=None, method=None, reason="seen",
        )
        for identity in identities[::2]
    ]  # fmt: skip
    await system.folded(await system.say(*said.values(), *links))
    return [*everybody, *identities], said


def recorded_at(data: bytes, at: str) -> dict[str, Any]:
    """The record of a file at a JSON pointer or a line."""
    if at.startswith("/"):
        record: Any = json.loads(data)
        for part in at.split("/")[1:]:
            record = record[int(part) if isinstance(record, list) else part]
        return record
    reader = csv.DictReader(io.StringIO(data.decode()))
    return next(row for row in reader if reader.line_num == int(at))


def recomputed(step: dict[str, Any], said: dict[str, OverrideSet]) -> str | int:
    """The value as the place that a step names has it."""
    if step["origin"] == "override":
        found: Any = said[step["override_id"]].value
    else:
        data = FILES[step["path"]]
        assert gfx_files.sha256(data) == step["sha256"]
        found = recorded_at(data, step["at"])[step["key"]]
    if isinstance(found, str):
        found = found.strip()
    return {
        "": lambda: found,
        "upper": lambda: str(found).upper(),
        "last_word": lambda: str(found).split()[-1],
    }[step["derived"]]()


async def test_each_value_of_two_hundred_people_is_what_its_place_says(
    system: Stage, api: httpx.AsyncClient
) -> None:
    random = Random(7)
    everybody, said = await told(system, random)
    asked = random.sample(everybody, ASKED)
    free = asyncio.Semaphore(AT_ONCE)

    async def explained(person_id: str, field: str) -> dict[str, Any]:
        async with free:
            answer = await api.get(f"/players/{person_id}/explain/{field}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    found = await asyncio.gather(*(explained(person, f) for person in asked for f in FIELDS))
    origins = set()
    for each in found:
        steps = [step for step in [each["holds"], *each["overruled"]] if step]
        for step in steps:
            assert step["value"] == recomputed(step, said), (each["person_id"], step)
            assert step["fact"]["sequence"] == step["sequence"]
            origins.add(step["origin"])
            linked = step["origin"] == "gfx" and step["id"] != each["person_id"]
            assert (step["linked_by"] is not None) == linked
    assert origins == {"override", "wsop", "gfx"}
    assert sum(each["holds"] is not None for each in found) > 3 * ASKED


def test_each_name_of_the_real_exports_is_what_its_place_says() -> None:
    contents, games, events = {}, {}, []
    for path, data in gfx_files.real_files():
        contents[path] = data
        read = parse(data, Origin("GG", path, gfx_files.sha256(data)))
        events += games.setdefault(read.game_id, Files()).take(read)
    folding = Folding(UnifiedPlayersFold()).apply(log_of(*events))
    told = [
        candidate
        for period in folding.rows(PeriodRow)
        for field in ("name", "name_short")
        for candidate in period.fields[field]
        if not candidate.derived
    ]
    assert len({candidate.id for candidate in told}) > 100
    for candidate in told:
        data = contents[candidate.path]
        assert gfx_files.sha256(data) == candidate.sha256
        assert recorded_at(data, candidate.at)[candidate.key].strip() == candidate.value
