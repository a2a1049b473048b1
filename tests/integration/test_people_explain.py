"""Every value of a person leads to the file, the record and the key that say it."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple, get_args

import httpx

from bus.objects import Objects
from contracts import persons
from contracts.messages.override import LinkVerified, OverrideSet
from contracts.people.fields import FIELDS as OVERRIDES
from contracts.people.fields import PRIVATE
from contracts.people.storage import private_key
from contracts.poker.identity import player_hash
from projections.unified_players.domain import PeriodRow, UnifiedPlayersFold
from projections.unified_players.domain.composing import OF_PLAYER
from services.gateway.routes.people.models import PersonField
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support import gfx_files, wsop_files
from tests.support.folding import Folding, log_of
from tests.support.gateway import Stage
from tests.support.gfx_facts import Files, said_about
from tests.support.people import override_set

PLAYERS = 400
# Players that only stacks, and as many that only standings name.
STRANGERS = 20
ASKED = 200
# People of whom something is said, per field.
OVERRULED = 8
# Requests under way: a few more than the gateway has connections.
AT_ONCE = 12
WORDS = ["Ida", "Wren", "Łukasz", "Østby", "Ana", "Maria", "Quill", "Ruff", "Çelik", "van", "Dam"]
FIELDS = get_args(PersonField.__value__)
SAID_OF = {field: "profile_image_url" if field == "profile_image" else field for field in FIELDS}
TOLD_OF = OF_PLAYER | {
    "name": "name",
    "country_code": "country_code",
    "country_name": "country_name",
    "profile_image": "profile_image_url",
}
FILES: dict[str, bytes] = {}


class Said(NamedTuple):
    """What people said: overrides by their ids, and private texts by the keys of their objects."""

    overrides: dict[str, OverrideSet]
    texts: dict[str, str]


def named(random: Random) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(2, 3)))


def some_fields(random: Random) -> dict[str, Any]:
    """About half of what a file may tell of a player."""
    fields = {
        "country_code": random.choice(["KR", "CY", "DE"]),
        "country_name": random.choice(["Korea", " Cyprus "]),
        "profile_image_url": f"https://photos.example/{random.randrange(10**6)}.png",
        "wsop_bracelets": random.randrange(9),
        "wsop_rings": random.randrange(9),
        "wsop_cashes": random.randrange(99),
        "lifetime_earnings": random.randint(0, 10**9),
        "city": "Łódź",
        "nickname": named(random),
        "achievement": f"Final table {random.randrange(99)}",
        "additional_info": {"achievement": f"Winner {random.randrange(99)}", "shoe_size": 43},
    }
    return {name: value for name, value in fields.items() if random.random() < 0.5}


def players_file(random: Random) -> bytes:
    """Everybody once, and every fourth player a second time with other fields."""
    numbers = [*range(PLAYERS), *range(0, PLAYERS, 4)]
    return wsop_files.players_json(
        *(
            wsop_files.player(number, name=f" {named(random)} ", **some_fields(random))
            for number in numbers
        )
    )


def strangers(first: int, row: Callable[..., dict[str, Any]], random: Random) -> bytes:
    """A file of stacks or standings of players whom no other file names."""
    numbers = range(first, first + STRANGERS)
    return wsop_files.table(row(number, player_name=named(random)) for number in numbers)


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


async def said_by_people(system: Stage, everybody: list[str], random: Random) -> Said:
    """Some overrides of each field; private texts lie in their objects."""
    said, objects = Said({}, {}), Objects(system.place.objects)
    for field in {*SAID_OF.values()} & {*OVERRIDES}:
        for person_id in random.sample(everybody, OVERRULED):
            number = f"o{len(said.overrides)}"
            told: dict[str, Any] = {"value": f"Said {number}"}
            if field in PRIVATE:
                key = private_key(person_id, number)
                said.texts[key] = json.dumps({"site": f"https://{number}.example/"})
                await objects.put(key, said.texts[key].encode())
                told = {"value": None, "object": key}
            said.overrides[number] = override_set(
                person_id=person_id, override_id=number, field=field, **told
            )
    return said


async def told(system: Stage, random: Random) -> tuple[list[str], Said]:
    """Ids of everybody, and what people said of them, once all of it is in the log."""
    game, identities = game_file(random)
    path = f"day1/{gfx_files.file_name()}"
    tables = {
        "Players.json": players_file(random),
        "ChipCounts.csv": strangers(PLAYERS, wsop_files.chip_row, random),
        "Standings.csv": strangers(PLAYERS + STRANGERS, wsop_files.standing_row, random),
    }
    FILES.update({**tables, path: game})
    async with wsop_files.importing() as imports:
        for name, data in tables.items():
            await imports.take(name, data)
    origin = Origin("river", path, gfx_files.sha256(game))
    await system.say(*imports.events, *said_about([parse(game, origin)]))
    players = [f"w-WP{number:06d}" for number in range(PLAYERS + 2 * STRANGERS)]
    everybody = [*players, *identities]
    said = await said_by_people(system, everybody, random)
    links = [
        LinkVerified(
            person_id=identity, wsop_player_id=f"WP{random.randrange(PLAYERS):06d}",
            confidence=None, method=None, reason="seen",
        )
        for identity in identities[::2]
    ]  # fmt: skip
    await system.folded(await system.say(*said.overrides.values(), *links))
    return everybody, said


def places_of_players() -> dict[tuple[str, str], tuple[str, str]]:
    """Pointer and key of what the list of players says last of each field of each person."""
    found = {}
    for number, record in enumerate(json.loads(FILES["Players.json"])["players"]):
        person_id, at = f"w-{record['wsop_player_id']}", f"/players/{number}"
        for field, key in TOLD_OF.items():
            if key in record:
                found[person_id, field] = (at, key)
            elif key in record.get("additional_info", {}):
                found[person_id, field] = (f"{at}/additional_info", key)
    return found


def recorded_at(data: bytes, at: str) -> dict[str, Any]:
    """The record of a file at a JSON pointer or a line."""
    if at.startswith("/"):
        record: Any = json.loads(data)
        for part in at.split("/")[1:]:
            record = record[int(part) if isinstance(record, list) else part]
        return record
    reader = csv.DictReader(io.StringIO(data.decode()))
    return next(row for row in reader if reader.line_num == int(at))


def recomputed(step: dict[str, Any], said: Said) -> str | int:
    """The value as the place that a step names has it."""
    if step["origin"] == "override":
        override = said.overrides[step["override_id"]]
        found: Any = said.texts[override.object] if override.object else override.value
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
    places, holding = places_of_players(), set()
    for each in found:
        steps = [step for step in [each["holds"], *each["overruled"]] if step]
        for step in steps:
            assert step["value"] == recomputed(step, said), (each["person_id"], step)
            assert step["fact"]["sequence"] == step["sequence"]
            linked = step["id"] != each["person_id"]
            assert (step["linked_by"] is not None) == linked
        assert each["value"] == (steps[0]["value"] if steps else None)
        listed = [(step["at"], step["key"]) for step in steps if step["path"] == "Players.json"]
        place = places.get((each["person_id"], each["field"]))
        if each["field"] in TOLD_OF:
            assert listed == ([place] if place else []), (each["person_id"], each["field"])
        holding |= {(each["field"], step["origin"], step["path"]) for step in steps[:1]}
    game = next(path for path in FILES if path.startswith("day1/"))
    names = ("name", "name_display", "name_short")
    assert holding >= {
        *((field, "wsop", "Players.json") for field in TOLD_OF),
        *((field, "wsop", path) for field in names for path in ("ChipCounts.csv", "Standings.csv")),
        *((field, "gfx", game) for field in names),
        *((field, "override", "") for field, what in SAID_OF.items() if what in OVERRIDES),
    }


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
