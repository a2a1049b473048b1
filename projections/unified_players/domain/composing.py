"""Which value of a field holds, of all that was said of a person's ids.

| field | first | then | then |
|---|---|---|---|
| name | override | player, or stub | identity: long name if not empty, else name; correction |
| name_display | override | the name in upper case | |
| name_short | override | identity's name | last word of the name |
| name_korean, bio, notable_wins, social_links | override | | |
| country_code, country_name | override | player | |
| profile_image | override of the address | primary picture of type profile | player's address |
| figures, achievement, nickname, city | player | | |

Of several overrides the smallest priority wins, then the one created last, then the smaller id; of
several identities the one seen last.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from contracts import persons
from contracts.messages.override import OverrideField
from contracts.people.fields import ERASED
from contracts.people.names import name_key
from projections.unified_players.domain.period import Candidate, Derived, Origin
from projections.unified_players.domain.rows import Held, Member, Place, Sighting, Told

type Members = Mapping[str, Member]
type Fields = dict[str, tuple[Candidate, ...]]
type Players = Sequence[tuple[str, Mapping[str, Told]]]
type Identities = list[tuple[str, Sighting]]

# Field of a person -> field of the platform's players.
OF_PLAYER: Final = {
    "bracelets": "wsop_bracelets",
    "rings": "wsop_rings",
    "cashes": "wsop_cashes",
    "earnings": "lifetime_earnings",
    "achievement": "achievement",
    "nickname": "nickname",
    "city": "city",
}
OF_PEOPLE: Final[tuple[OverrideField, ...]] = (
    "name_korean",
    "bio",
    "notable_wins",
    "social_links",
)
OF_COUNTRY: Final[tuple[OverrideField, ...]] = ("country_code", "country_name")


def fields_of(members: Members) -> Fields:
    """The candidates of every field that has any, the one that holds first."""
    overrides = _overrides(members)
    players = [(person_id, each.player) for person_id, each in sorted(members.items())]
    identities = _identities(members)
    names = (*overrides.get("name", ()), *_names(members, players, identities))
    found: dict[str, Iterable[Candidate]] = {
        "name": names,
        "profile_image": (
            *overrides.get("profile_image_url", ()),
            *_images(members),
            *(replace(each, value=None) for each in _of_player(players, "profile_image_url")),
        ),
        "name_display": (
            *overrides.get("name_display", ()),
            *(_derived(each, "upper") for each in names),
        ),
        "name_short": (
            *overrides.get("name_short", ()),
            *(_of_identity(i, s, "Name", s.name) for i, s in identities if s.name.strip()),
            *(_derived(each, "last_word") for each in names),
        ),
    }
    for field in OF_PEOPLE:
        found[field] = overrides.get(field, ())
    for country in OF_COUNTRY:
        found[country] = (*overrides.get(country, ()), *_of_player(players, country))
    for figure, told in OF_PLAYER.items():
        found[figure] = _of_player(players, told)
    listed = {field: tuple(candidates) for field, candidates in found.items()}
    return {field: candidates for field, candidates in listed.items() if candidates}


def columns(members: Members) -> dict[str, Any]:
    """The columns of a period that say what holds."""
    fields = fields_of(members)
    told = ("name", "name_display", "name_short", *OF_COUNTRY, *OF_PLAYER)
    values = {
        field: fields[field][0].value if field in fields else None
        for field in (*told, "name_korean", "notable_wins")
    }
    name, keys = values["name"], _name_keys(fields)
    return {
        **values,
        "ids": tuple(sorted(members, key=lambda each: (not _is_player(each), each))),
        "sources": tuple(_sources(members)),
        "stub": _is_stub(members),
        "event_ids": event_ids(members),
        "sort_key": keys[name.casefold()] if isinstance(name, str) else "",
        "search": (search := _search(keys.values())),
        "letters": _letters(search),
        "fields": fields,
    }


def event_ids(members: Members) -> tuple[str, ...]:
    """The tournament events that told a stack of this person."""
    return tuple(sorted({event for each in members.values() for event in each.events}))


def exists(members: Members) -> bool:
    """Whether anything that counts tells of this person."""
    return any(
        each.known
        or each.stub
        or each.created
        or any(seen.counts for seen in each.games.values())
        or any(named.counts for named in each.named.values())
        for each in members.values()
    )


def by_right(overrides: Iterable[tuple[str, str, Held]]) -> list[tuple[str, str, Held]]:
    """Overrides as (id, override id, override), the one that wins first."""
    ranked = sorted(overrides, key=lambda each: (each[1], each[0]))
    ranked.sort(key=lambda each: each[2].created_at, reverse=True)
    ranked.sort(key=lambda each: each[2].priority)
    return ranked


def _overrides(members: Members) -> dict[OverrideField, list[Candidate]]:
    """Overrides that hold now, by field, the one that wins first."""
    ranked = by_right(
        (person_id, override_id, held)
        for person_id, member in members.items()
        for override_id, held in member.overrides.items()
        if held.effective
    )
    found: dict[OverrideField, list[Candidate]] = {}
    for person_id, override_id, held in ranked:
        candidate = Candidate(
            origin="override",
            id=person_id,
            sequence=held.place.sequence,
            told_at=held.place.told_at,
            value=None if held.field in ERASED else held.value,
            override_id=override_id,
            priority=held.priority,
        )
        found.setdefault(held.field, []).append(candidate)
    return found


def _images(members: Members) -> Iterator[Candidate]:
    """Primary pictures of type profile, the one made so last first."""
    shown = (
        (person_id, image_id, picture)
        for person_id, member in members.items()
        for image_id, picture in member.images.items()
        if picture.image_type == "profile" and picture.approved and picture.primary
    )
    for person_id, image_id, picture in sorted(shown, key=lambda s: (-s[2].place.sequence, s[:2])):
        yield Candidate(
            origin="image",
            id=person_id,
            sequence=picture.place.sequence,
            told_at=picture.place.told_at,
            image_id=image_id,
        )


def _names(members: Members, players: Players, identities: Identities) -> list[Candidate]:
    """Full names as the sources tell them."""
    found = list(_of_player(players, "name"))
    for person_id, member in sorted(members.items()):
        if member.stub and member.stub.name and not member.known:
            found.append(_candidate("wsop", person_id, member.stub.name))
    for identity, seen in identities:
        key = "LongName" if seen.long_name.strip() else "Name"
        name = seen.long_name.strip() or seen.name.strip()
        if name:
            found.append(_of_identity(identity, seen, key, name))
    for person_id, member in sorted(members.items()):
        if member.created:
            found.append(_candidate("manual", person_id, member.created))
        named = [each for _, each in sorted(member.named.items()) if each.counts and each.name]
        found += [_candidate("manual", person_id, each.name) for each in named if each.name]
    return found


def _of_player(players: Players, field: str) -> Iterator[Candidate]:
    for person_id, fields in players:
        if told := fields.get(field):
            yield _candidate("wsop", person_id, told)


def _identities(members: Members) -> Identities:
    """Identities that games which count list, the one seen last first, in its newest spelling."""
    newest = []
    for person_id, member in members.items():
        counted = [(s.last_ticks, game, s) for game, s in member.games.items() if s.counts]
        if counted:
            ticks, _, seen = max(counted, key=lambda each: each[:2])
            newest.append((-ticks, person_id, seen))
    return [(person_id, seen) for _, person_id, seen in sorted(newest, key=lambda n: n[:2])]


def _of_identity(person_id: str, seen: Sighting, key: str, name: str) -> Candidate:
    return _candidate("gfx", person_id, Told(value=name.strip(), place=seen.place, key=key))


def _candidate(origin: Origin, person_id: str, told: Told) -> Candidate:
    place: Place = told.place
    return Candidate(
        origin=origin,
        id=person_id,
        sequence=place.sequence,
        told_at=place.told_at,
        value=told.value,
        path=place.path,
        sha256=place.sha256,
        at=place.at,
        key=told.key,
    )


def _derived(candidate: Candidate, derived: Derived) -> Candidate:
    text = str(candidate.value)
    made = text.upper() if derived == "upper" else text.split()[-1]
    return replace(candidate, value=made, derived=derived)


def _is_player(person_id: str) -> bool:
    return person_id.startswith(f"{persons.WSOP}-")


def _is_stub(members: Members) -> bool:
    """A player of the platform of whom its list of players does not tell."""
    return any(_is_player(person_id) and not each.known for person_id, each in members.items())


def _sources(members: Members) -> Iterator[str]:
    said = members.values()
    if any(each.known or each.stub for each in said):
        yield "wsop"
    if any(seen.counts for each in said for seen in each.games.values()):
        yield "gfx"
    if any(each.created or any(n.counts for n in each.named.values()) for each in said):
        yield "manual"


def _name_keys(fields: Fields) -> dict[str, str]:
    """The keys of all names by their case-folded text: a name and its capitals have one key."""
    named = ("name", "name_display", "name_short", "name_korean", "nickname")
    texts = {str(each.value).casefold() for field in named for each in fields.get(field, ())}
    return {text: name_key(text) for text in texts}


def _search(keys: Iterable[str]) -> str:
    """The keys of all names, each between bars and every word behind a blank."""
    return "".join(f"| {key} " for key in sorted({*keys} - {""})) + "|"


def _letters(search: str) -> tuple[str, ...]:
    """Three letters at a time of every word, two blanks before it and one behind.

    Hangul is taken apart, so that half a syllable is found too.
    """
    words = unicodedata.normalize("NFD", search.replace("|", " ")).split()
    padded = {f"  {word} " for word in words}
    return tuple(sorted({word[n : n + 3] for word in padded for n in range(len(word) - 2)}))
