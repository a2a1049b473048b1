"""What people say of an id, applied to its person: overrides, links, pictures, erasures."""

from collections.abc import Iterator

import msgspec

from contracts import persons
from contracts.messages.override import (
    ImageAdded,
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
    LinkRejected,
    LinkRemoved,
    LinkSuggested,
    LinkVerified,
    OverrideActivated,
    OverrideApproved,
    OverrideExpired,
    OverrideSet,
    OverrideWithdrawn,
    PersonCreated,
    PersonErased,
)
from contracts.people.fields import ERASED
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.unified_players.domain import words
from projections.unified_players.domain.linking import linked, unlinked
from projections.unified_players.domain.people import People, far_keys, near_keys
from projections.unified_players.domain.players import ADDRESS
from projections.unified_players.domain.rows import (
    AddressRow,
    GameRow,
    Held,
    Member,
    PersonRow,
    Picture,
    Place,
    Told,
)
from projections.unified_players.domain.words import ImageRow, LinkRow, OverrideRow

type Overriding = OverrideSet | words.LaterOverride
type Picturing = ImageAdded | words.LaterImage
type Said = Overriding | Picturing | words.LinkEvent | PersonCreated | PersonErased
HANDLES = (
    OverrideSet,
    OverrideActivated,
    OverrideExpired,
    OverrideWithdrawn,
    OverrideApproved,
    PersonCreated,
    PersonErased,
    LinkSuggested,
    LinkVerified,
    LinkRejected,
    LinkRemoved,
    ImageAdded,
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
)


def keys(event: Said) -> Iterator[tuple[type[Row], Key]]:
    """The id, and what is said of it; of a link also the player."""
    yield from near_keys(event.person_id)
    match event:
        case LinkSuggested() | LinkVerified() | LinkRejected() | LinkRemoved():
            yield PersonRow, (persons.of_wsop_player(event.wsop_player_id),)
            yield LinkRow, (event.person_id, event.wsop_player_id)
        case PersonErased():
            yield AddressRow, (event.person_id,)
            yield from ((OverrideRow, (event.person_id, each)) for each in event.overrides)
            yield from ((ImageRow, (event.person_id, each)) for each in event.images)
        case PersonCreated():
            pass
        case ImageAdded() | ImageApproved() | ImageMadePrimary() | ImageRemoved():
            yield ImageRow, (event.person_id, event.image_id)
        case _:
            yield OverrideRow, (event.person_id, event.override_id)


def further_keys(event: Said, rows: Rows) -> Iterator[tuple[type[Row], Key]]:
    """The person of the id; of a link also the games that lead to one of both."""
    yield from far_keys(event.person_id, rows)
    if isinstance(event, LinkVerified | LinkRemoved):
        player = persons.of_wsop_player(event.wsop_player_id)
        for person_id in (event.person_id, player):
            person = rows.get(PersonRow, person_id)
            member = person.members.get(event.person_id) if person else None
            for game_id in _games(member or Member()):
                yield GameRow, (game_id,)


def _games(member: Member) -> set[str]:
    """The games that list an id or name it by a correction."""
    return {*member.games, *(key.partition(":")[0] for key in member.named)}


def apply(recorded: Recorded, rows: Rows) -> None:
    """Apply one event; raises LookupError for an override or a picture nobody told of."""
    event, people = recorded.event, People(recorded, rows)
    match event:
        case LinkSuggested() | LinkVerified() | LinkRejected() | LinkRemoved():
            _link(event, recorded, rows, people)
        case PersonCreated():
            told = Told(value=event.name, place=_place(recorded))
            member = people.member(event.person_id)
            people.put(event.person_id, msgspec.structs.replace(member, created=told))
        case PersonErased():
            _erase(event, recorded, rows, people)
        case ImageAdded() | ImageApproved() | ImageMadePrimary() | ImageRemoved():
            _picture(event, recorded, rows, people)
        case (
            OverrideSet()
            | OverrideActivated()
            | OverrideExpired()
            | OverrideWithdrawn()
            | OverrideApproved()
        ):
            _override(event, recorded, rows, people)
        case _:
            raise TypeError(event)
    people.settle()


def _place(recorded: Recorded) -> Place:
    return Place(sequence=recorded.sequence, told_at=recorded.said_at)


def _override(event: Overriding, recorded: Recorded, rows: Rows, people: People) -> None:
    """The facts say when an override holds; one that is over or withdrawn is forgotten here."""
    member = people.member(event.person_id)
    overrides = dict(member.overrides)
    if isinstance(event, OverrideSet):
        rows.put(words.new_override(event, recorded))
        if event.phase != "expired":
            overrides[event.override_id] = Held(
                field=event.field,
                value=None if event.field in ERASED else event.value,
                priority=event.priority,
                created_at=event.created_at,
                effective=event.phase == "effective",
                place=_place(recorded),
            )
    else:
        row = rows.get(OverrideRow, event.person_id, event.override_id)
        if row is None:
            raise LookupError(f"override {event.override_id} was never set")
        rows.put(words.later_override(row, event, recorded))
        held = overrides.get(event.override_id)
        match event:
            case OverrideActivated() if held:
                overrides[event.override_id] = msgspec.structs.replace(held, effective=True)
            case OverrideExpired() | OverrideWithdrawn():
                overrides.pop(event.override_id, None)
            case _:
                pass
    people.put(event.person_id, msgspec.structs.replace(member, overrides=overrides))


def _picture(event: Picturing, recorded: Recorded, rows: Rows, people: People) -> None:
    member = people.member(event.person_id)
    images = dict(member.images)
    if isinstance(event, ImageAdded):
        rows.put(words.new_image(event, recorded))
        images[event.image_id] = Picture(image_type=event.image_type, place=_place(recorded))
    else:
        row = rows.get(ImageRow, event.person_id, event.image_id)
        if row is None:
            raise LookupError(f"picture {event.image_id} was never added")
        rows.put(words.later_image(row, event, recorded))
        match event:
            case ImageApproved():
                approved = msgspec.structs.replace(images[event.image_id], approved=True)
                images[event.image_id] = approved
            case ImageMadePrimary():
                images = _with_primary(images, event, _place(recorded))
            case ImageRemoved():
                images.pop(event.image_id, None)
    people.put(event.person_id, msgspec.structs.replace(member, images=images))


def _with_primary(
    images: dict[str, Picture], event: ImageMadePrimary, place: Place
) -> dict[str, Picture]:
    replace = msgspec.structs.replace
    others = {
        image_id: replace(each, primary=each.primary and each.image_type != event.image_type)
        for image_id, each in images.items()
    }
    return others | {event.image_id: replace(images[event.image_id], primary=True, place=place)}


def _link(event: words.LinkEvent, recorded: Recorded, rows: Rows, people: People) -> None:
    identity, player = event.person_id, persons.of_wsop_player(event.wsop_player_id)
    row = rows.get(LinkRow, identity, event.wsop_player_id)
    rows.put(words.link_after(row, event, player, recorded))
    match event:
        case LinkVerified():
            member = linked(identity, player, recorded, rows, people)
            _lead(_games(member), identity, player, rows)
        case LinkRemoved():
            member = unlinked(identity, player, recorded, rows, people)
            _lead(_games(member), identity, identity, rows)
        case _:
            pass


def _lead(games: set[str], identity: str, person_id: str, rows: Rows) -> None:
    for game_id in sorted(games):
        game = rows.get(GameRow, game_id)
        if game is None:
            raise LookupError(f"game {game_id} was never seen")
        rows.put(msgspec.structs.replace(game, people=game.people | {identity: person_id}))


def _erase(event: PersonErased, recorded: Recorded, rows: Rows, people: People) -> None:
    """Everything private of this id goes; also the address of a photo that a source told."""
    for override_id in event.overrides:
        if override := rows.get(OverrideRow, event.person_id, override_id):
            rows.put(words.erased_override(override, recorded))
    for image_id in event.images:
        if image := rows.get(ImageRow, event.person_id, image_id):
            rows.put(words.erased_image(image, recorded))
    rows.delete(AddressRow, event.person_id)
    member = people.member(event.person_id)
    people.put(
        event.person_id,
        msgspec.structs.replace(
            member,
            player={key: told for key, told in member.player.items() if key != ADDRESS},
            overrides={k: o for k, o in member.overrides.items() if k not in event.overrides},
            images={k: i for k, i in member.images.items() if k not in event.images},
        ),
    )
