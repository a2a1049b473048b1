"""Identities in the hands of games: where they are listed, how they are spelled, what counts."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import msgspec

from contracts import persons
from contracts.messages.gfx import GameSeen, HandRecorded, HandRevised
from contracts.messages.gfx_game import (
    GameExcluded,
    GameIncluded,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.poker.identity import player_hash
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.unified_players.domain.people import People, far_keys, near_keys, person_of
from projections.unified_players.domain.rows import (
    GameRow,
    HandRow,
    Naming,
    PersonRow,
    Place,
    Sighting,
    Spelling,
    Told,
)

type HandTold = HandRecorded | HandRevised
type Word = GameExcluded | GameIncluded | SeatCorrected | SeatCorrectionWithdrawn
HANDLES = (
    GameSeen,
    HandRecorded,
    HandRevised,
    GameExcluded,
    GameIncluded,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)


def keys(event: GameSeen | HandTold | Word) -> Iterator[tuple[type[Row], Key]]:
    """The game, the hand, and the ids that the event names."""
    yield GameRow, (event.game_id,)
    match event:
        case HandRecorded() | HandRevised():
            yield HandRow, (event.game_id, int(event.hand.start_ticks))
            for identity in _entries(event):
                yield from near_keys(identity)
        case SeatCorrected():
            yield from near_keys(event.person_id)
        case _:
            pass


def further_keys(event: GameSeen | HandTold | Word, rows: Rows) -> Iterator[tuple[type[Row], Key]]:
    """The people of those ids; of a hand also who was listed before, and the hands that then
    say first how somebody is spelled; of an excluded game everybody in it.
    """
    game = rows.get(GameRow, event.game_id)
    people = game.people if game else {}
    match event:
        case HandRecorded() | HandRevised():
            for identity in _entries(event):
                yield from far_keys(identity, rows)
            for identity, spellings in game.listed.items() if game else ():
                yield PersonRow, (people[identity],)
                for ticks in _neighbours(spellings, int(event.hand.start_ticks)):
                    yield HandRow, (event.game_id, ticks)
        case SeatCorrected():
            yield from far_keys(event.person_id, rows)
            # Said again under the same id it may name somebody else.
            yield from ((PersonRow, (person,)) for person in people.values())
        case GameExcluded() | GameIncluded() | SeatCorrectionWithdrawn():
            yield from ((PersonRow, (person,)) for person in people.values())
        case _:
            pass


def _neighbours(spellings: Iterable[Spelling], ticks: int) -> Iterator[int]:
    for spelling in spellings:
        place = bisect_left(spelling.hands, ticks)
        if spelling.hands[place : place + 1] == (ticks,):
            yield from spelling.hands[place + 1 : place + 2]
        yield spelling.hands[0]


def apply(recorded: Recorded, rows: Rows) -> None:
    """Apply one event; raises LookupError for a game never seen."""
    event = recorded.event
    match event:
        case GameSeen():
            rows.put(GameRow(game_id=event.game_id))
        case HandRecorded() | HandRevised():
            _hand(event, recorded, rows)
        case GameExcluded() | GameIncluded():
            _count(event, recorded, rows)
        case SeatCorrected() | SeatCorrectionWithdrawn():
            _correct(event, recorded, rows)
        case _:
            raise TypeError(event)


def _known(rows: Rows, game_id: str) -> GameRow:
    game = rows.get(GameRow, game_id)
    if game is None:
        raise LookupError(f"game {game_id} was never seen")
    return game


def _entries(event: HandTold) -> dict[str, int]:
    """Place in the hand's list of players by identity; the first of two with one identity."""
    found: dict[str, int] = {}
    for place, seat in enumerate(event.hand.seats):
        found.setdefault(persons.of_identity(player_hash(seat.name, seat.long_name)), place)
    return found


def _hand(event: HandTold, recorded: Recorded, rows: Rows) -> None:
    game, ticks, entries = _known(rows, event.game_id), int(event.hand.start_ticks), _entries(event)
    rows.put(
        HandRow(
            game_id=event.game_id,
            start_ticks=ticks,
            ordinal=event.ordinal,
            entries=entries,
            place=Place(
                sequence=recorded.sequence,
                told_at=recorded.said_at,
                path=event.source.path,
                sha256=event.source.sha256,
            ),
        )
    )
    before = {i for i, spelled in game.listed.items() if any(ticks in s.hands for s in spelled)}
    listed = dict(game.listed)
    for identity in before | entries.keys():
        place = entries.get(identity)
        names = None
        if place is not None:
            seat = event.hand.seats[place]
            names = (seat.name, seat.long_name)
        listed[identity] = _spelled(listed.get(identity, ()), ticks, names)
    now = _with(game, rows, {i: spelled for i, spelled in listed.items() if spelled})
    rows.put(now)
    people, leads = People(recorded, rows), game.people | now.people
    for identity in sorted(before | entries.keys()):
        seen = _sighting(now, identity, rows) if identity in now.listed else None
        member = people.member(identity, leads[identity])
        games = {key: each for key, each in member.games.items() if key != now.game_id}
        if seen:
            games[now.game_id] = seen
        people.put(identity, msgspec.structs.replace(member, games=games), leads[identity])
    people.settle()


def _spelled(
    spellings: tuple[Spelling, ...], ticks: int, names: tuple[str, str] | None
) -> tuple[Spelling, ...]:
    """Spellings of an identity after a hand lists it under these names, or no longer."""
    hands = {(s.name, s.long_name): set(s.hands) - {ticks} for s in spellings}
    if names:
        hands.setdefault(names, set()).add(ticks)
    return tuple(
        Spelling(name=name, long_name=long_name, hands=tuple(sorted(listed)))
        for (name, long_name), listed in sorted(hands.items())
        if listed
    )


def _with(game: GameRow, rows: Rows, listed: dict[str, tuple[Spelling, ...]]) -> GameRow:
    """A game that lists these identities; it leads to their people and to those of corrections."""
    ids = {*listed, *game.corrections.values()}
    people = {each: game.people.get(each) or person_of(each, rows) for each in sorted(ids)}
    return msgspec.structs.replace(game, listed=listed, people=people)


def _sighting(game: GameRow, identity: str, rows: Rows) -> Sighting:
    newest = max(game.listed[identity], key=lambda spelling: spelling.hands[-1])
    first = rows.get(HandRow, game.game_id, newest.hands[0])
    if first is None:
        raise LookupError(f"game {game.game_id} has no hand {newest.hands[0]}")
    pointer = f"/Hands/{first.ordinal}/Players/{first.entries[identity]}"
    return Sighting(
        last_ticks=newest.hands[-1],
        name=newest.name,
        long_name=newest.long_name,
        place=msgspec.structs.replace(first.place, at=pointer),
        counts=not game.excluded,
    )


def _count(event: GameExcluded | GameIncluded, recorded: Recorded, rows: Rows) -> None:
    counts = isinstance(event, GameIncluded)
    game = msgspec.structs.replace(_known(rows, event.game_id), excluded=not counts)
    rows.put(game)
    people = People(recorded, rows)
    for person_id, person in game.people.items():
        member = people.member(person_id, person)
        games, named = dict(member.games), dict(member.named)
        if seen := games.get(game.game_id):
            games[game.game_id] = msgspec.structs.replace(seen, counts=counts)
        for key in (_name_of(game.game_id, each) for each in game.corrections):
            if naming := named.get(key):
                named[key] = msgspec.structs.replace(naming, counts=counts)
        people.put(person_id, msgspec.structs.replace(member, games=games, named=named), person)
    people.settle()


def _correct(
    event: SeatCorrected | SeatCorrectionWithdrawn, recorded: Recorded, rows: Rows
) -> None:
    game, key = _known(rows, event.game_id), _name_of(event.game_id, event.correction_id)
    people, corrections = People(recorded, rows), dict(game.corrections)
    if before := corrections.pop(event.correction_id, None):
        _name(people, (before, game.people[before]), key, None)
    if isinstance(event, SeatCorrected):
        corrections[event.correction_id] = event.person_id
        place = Place(sequence=recorded.sequence, told_at=recorded.said_at)
        name = event.long_name.strip() or event.name.strip()
        told = Told(value=name, place=place) if name else None
        naming = Naming(name=told, counts=not game.excluded)
        _name(people, (event.person_id, person_of(event.person_id, rows)), key, naming)
    game = msgspec.structs.replace(game, corrections=corrections)
    rows.put(_with(game, rows, game.listed))
    people.settle()


def _name(people: People, who: tuple[str, str], key: str, naming: Naming | None) -> None:
    """`who` is the id that a correction names, and its person."""
    member = people.member(*who)
    named = {each: told for each, told in member.named.items() if each != key}
    if naming:
        named[key] = naming
    people.put(who[0], msgspec.structs.replace(member, named=named), who[1])


def _name_of(game_id: str, correction_id: str) -> str:
    return f"{game_id}:{correction_id}"
