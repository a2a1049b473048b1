"""The override service on a real bus and a real object store."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bus.api import Answer, CommandContext
from bus.clock import utc_now
from bus.errors import Unavailable
from bus.nats import NatsBus
from bus.run import Process
from contracts.messages import Command
from contracts.messages.override import (
    ImageAdded,
    LinkSuggested,
    OverrideActivated,
    OverrideExpired,
    OverrideSet,
    PersonErased,
)
from contracts.messages.override_commands import (
    AddImage,
    ApproveImage,
    ErasePerson,
    MakeImagePrimary,
    RejectLink,
    WithdrawOverride,
)
from contracts.people import storage
from contracts.people.records import Identity
from deploy.local.servers import NatsServer
from services.override.app import UPLOAD_AGE_MAX, App, main
from services.override.inputs.suggesting import Names, suggest_links
from services.override.outputs.vault import Vault
from services.override.settings import OverrideSettings
from tests.support.live_bus import (
    Facts,
    bus_as,
    dead_letters,
    emptied,
    facts_of,
    new_log,
    running,
)
from tests.support.people import (
    ANNA,
    gradient,
    identity,
    player,
    saved,
    set_override,
    with_exif,
)

BIO = "Grew up by the lake."
ADD = AddImage(person_id=ANNA, image_id="i1", upload_id="u1")
SET_BIO = set_override(override_id="o2", field="bio", value=None, upload_id="u2")
ERASE = ErasePerson(person_id=ANNA, reason="she asked")


class Store:
    """The folder that the object store is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"file://{folder}"

    def put(self, key: str, content: bytes) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def upload(self, upload_id: str, content: bytes) -> None:
        self.put(storage.upload_key(upload_id), content)

    def keys(self) -> set[str]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix() for path in files}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "objects")


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> OverrideSettings:
    return OverrideSettings(objects_url=store.url, work_dir=tmp_path / "work")


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@pytest.fixture
async def facts(log: NatsBus) -> AsyncIterator[Facts]:
    async with facts_of(log) as found:
        yield found


@pytest.fixture
async def gateway(bus_urls: NatsServer, log: NatsBus) -> AsyncIterator[NatsBus]:
    async with bus_as(bus_urls, "gateway") as bus:
        yield bus


@pytest.fixture
async def service(
    bus_urls: NatsServer, log: NatsBus, settings: OverrideSettings
) -> AsyncIterator[Process]:
    """The service as its process runs it."""
    async with running(bus_urls, "override", partial(main, settings=settings)) as process:
        yield process


def asked(command_id: str) -> CommandContext:
    return CommandContext(command_id=command_id, actor="dana")


async def send(gateway: NatsBus, command: Command, command_id: str) -> Answer:
    answer = await gateway.send(command, asked(command_id))
    assert answer.refusal is None, answer.refusal
    return answer


class Hand:
    """A clock that a test moves; it begins with the test, like the times of its files."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def instance(server: NatsServer, store: Store, tmp_path: Path, clock: Any = utc_now):
    """An instance whose reactors and timer a test calls itself."""
    apps = []

    async def start(process: Process) -> None:
        apps.append(App(process.bus, Vault(store.url), tmp_path / "work", clock))
        await process.start_decider(apps[0].runner)

    async with running(server, "override", start):
        yield apps[0]


@pytest.mark.usefixtures("service")
async def test_an_uploaded_picture_becomes_objects_under_their_hashes(
    gateway: NatsBus, facts: Facts, store: Store
) -> None:
    store.upload("u1", saved(gradient(400, 300), "JPEG", exif=with_exif(1)))
    await send(gateway, ADD, "add")
    await send(gateway, ApproveImage(person_id=ANNA, image_id="i1"), "approve")
    await send(gateway, MakeImagePrimary(person_id=ANNA, image_id="i1"), "primary")
    [fact] = await facts.until(ImageAdded)
    assert fact.envelope.actor == "dana"
    assert fact.event.source.format == "jpeg"
    for rendition in fact.event.renditions:
        content = (store.folder / rendition.object).read_bytes()
        assert hashlib.sha256(content).hexdigest() == rendition.sha256
        assert len(content) == rendition.bytes
        assert rendition.sha256 in rendition.object
    assert store.keys() == {rendition.object for rendition in fact.event.renditions}


@pytest.mark.usefixtures("service")
async def test_a_private_value_lies_in_its_object_and_in_no_stream(
    gateway: NatsBus, log: NatsBus, facts: Facts, store: Store
) -> None:
    store.upload("u2", f"  {BIO}\n".encode())
    await send(gateway, SET_BIO, "bio")
    [fact] = await facts.until(OverrideSet)
    assert (fact.event.value, fact.event.phase) == (None, "effective")
    assert (store.folder / fact.event.object).read_text() == BIO
    assert store.keys() == {fact.event.object}
    digest = hashlib.sha256(BIO.encode()).hexdigest()
    for sequence in range(1, (await log.head()).sequence + 1):
        stored = await log.event_at(sequence)
        said = stored.data.decode() + str(stored.headers)
        assert BIO not in said
        assert digest not in said


@pytest.mark.usefixtures("service")
async def test_a_repeated_command_is_answered_although_its_upload_is_gone(
    gateway: NatsBus, store: Store
) -> None:
    store.upload("u1", saved(gradient(), "PNG"))
    store.upload("u2", BIO.encode())
    for command in (ADD, SET_BIO):
        first, again = [await send(gateway, command, command.subject) for _ in range(2)]
        assert (again.sequence, again.repeated) == (first.sequence, True)


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("command", "content", "reason"),
    [
        (ADD, None, "upload_not_found"),
        (ADD, b"<svg/>", "not_an_image"),
        (ADD, b"\0" * (6 * 1024 * 1024), "too_many_bytes"),
        (SET_BIO, None, "upload_not_found"),
        (SET_BIO, b"\xff\xfe", "bad_value"),
        (SET_BIO, b"", "bad_value"),
        (SET_BIO, b"x" * 20_000, "too_many_bytes"),
    ],
)
async def test_an_upload_that_cannot_be_kept_is_refused_and_leaves_nothing(
    gateway: NatsBus, store: Store, command: Any, content: bytes | None, reason: str
) -> None:
    if content is not None:
        store.upload(command.upload_id, content)
    before = store.keys()
    answer = await gateway.send(command, asked("once"))
    assert answer.refusal is not None
    assert answer.refusal.reason == reason
    assert store.keys() == before


@pytest.mark.usefixtures("service")
async def test_an_erasure_deletes_the_objects_of_one_person_only(
    gateway: NatsBus, log: NatsBus, facts: Facts, store: Store
) -> None:
    other = "g-0cc175b9c0f1b6a831c399e269772661"
    picture = saved(gradient(), "PNG")
    for upload_id in ("u1", "u3"):
        store.upload(upload_id, picture)
    store.upload("u2", BIO.encode())
    left_over = storage.image_key(ANNA, "b" * 64, "jpg")
    store.put(left_over, b"a crash left this")
    await send(gateway, ADD, "hers")
    await send(gateway, SET_BIO, "bio")
    await send(gateway, AddImage(person_id=other, image_id="i1", upload_id="u3"), "his")
    await send(gateway, ERASE, "erase")
    [erased] = await facts.until(PersonErased)
    await emptied(log, "override-eraser")
    added = {fact.event.person_id: fact.event for fact in facts.of(ImageAdded)}
    assert store.keys() == {r.object for r in added[other].renditions}
    assert {r.object for r in added[ANNA].renditions} < set(erased.event.objects)
    assert await dead_letters(log) == 0


async def test_what_was_set_after_an_erasure_stays(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, store: Store, tmp_path: Path
) -> None:
    async with instance(bus_urls, store, tmp_path) as app:
        store.upload("u1", saved(gradient(), "PNG"))
        await app.handle(ADD, asked("before"))
        await app.handle(ERASE, asked("erase"))
        store.upload("u4", saved(gradient(50, 50), "PNG"))
        again = AddImage(person_id=ANNA, image_id="i2", upload_id="u4")
        await app.handle(again, asked("after"))
        [erased] = await facts.until(PersonErased)
        await app.erase(erased)
        kept = (await facts.until(ImageAdded, 2))[1].event
        assert store.keys() == {r.object for r in kept.renditions}


async def test_a_window_is_told_when_it_begins_and_when_it_ends(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, store: Store, tmp_path: Path
) -> None:
    clock = Hand()
    begin, end = clock.now + timedelta(hours=1), clock.now + timedelta(hours=2)
    async with instance(bus_urls, store, tmp_path, clock) as app:
        await app.handle(set_override(valid_from=begin, valid_until=end), asked("set"))
        assert await app.tell_due() == 0
        clock.now = begin
        assert await app.tell_due() == 1
        assert await app.tell_due() == 0
        clock.now = end + timedelta(hours=3)
        assert await app.tell_due() == 1
    [begun] = await facts.until(OverrideActivated)
    [ended] = await facts.until(OverrideExpired)
    assert (begun.event.effective_at, ended.event.effective_at) == (begin, end)
    assert begun.said_at == begin
    assert ended.said_at == end + timedelta(hours=3)


async def test_who_slept_through_a_window_says_both_ends(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, store: Store, tmp_path: Path
) -> None:
    clock = Hand()
    begin, end = clock.now + timedelta(hours=1), clock.now + timedelta(hours=2)
    async with instance(bus_urls, store, tmp_path, clock) as app:
        await app.handle(set_override(valid_from=begin, valid_until=end), asked("set"))
    clock.now = end + timedelta(days=1)
    async with instance(bus_urls, store, tmp_path, clock) as app:
        assert await app.tell_due() == 2
    await facts.until(OverrideExpired)
    assert [type(fact.event) for fact in facts.seen] == [
        OverrideSet,
        OverrideActivated,
        OverrideExpired,
    ]


async def test_two_instances_tell_a_window_once(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, store: Store, tmp_path: Path
) -> None:
    clock = Hand()
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(bus_as(bus_urls, "test-admin"))
        second = App(bus, Vault(store.url), tmp_path / "work", clock)
        first = await stack.enter_async_context(instance(bus_urls, store, tmp_path, clock))
        begin = clock.now + timedelta(hours=1)
        for number in range(5):
            command = set_override(override_id=f"o{number}", priority=number, valid_from=begin)
            await first.handle(command, asked(f"set-{number}"))
        await stack.enter_async_context(second.runner)
        clock.now = begin
        told = await asyncio.gather(first.tell_due(), second.tell_due())
        assert sum(told) == 5
    begun = await facts.until(OverrideActivated, 5)
    head = (await log.head()).sequence
    assert len(await facts.up_to(head)) == 10
    assert len({fact.envelope.id for fact in begun}) == 5


@pytest.mark.usefixtures("service")
async def test_the_running_timer_tells_a_window_by_itself(gateway: NatsBus, facts: Facts) -> None:
    begin = utc_now() + timedelta(milliseconds=300)
    await send(gateway, set_override(valid_from=begin), "set")
    [begun] = await facts.until(OverrideActivated)
    assert begun.event.effective_at == begin
    assert begun.said_at >= begin


async def test_a_withdrawn_window_is_never_told(
    bus_urls: NatsServer, log: NatsBus, store: Store, tmp_path: Path
) -> None:
    clock = Hand()
    async with instance(bus_urls, store, tmp_path, clock) as app:
        begin = clock.now + timedelta(hours=1)
        await app.handle(set_override(valid_from=begin), asked("set"))
        gone = WithdrawOverride(person_id=ANNA, override_id="o1", reason="again")
        await app.handle(gone, asked("withdraw"))
        clock.now = begin
        assert await app.tell_due() == 0


async def test_an_upload_that_nobody_used_is_swept_away_after_a_day(
    bus_urls: NatsServer, log: NatsBus, store: Store, tmp_path: Path
) -> None:
    clock = Hand()
    store.upload("u9", b"forgotten")
    store.put("aa/aaaa.png", b"somebody else's")
    async with instance(bus_urls, store, tmp_path, clock) as app:
        assert await app.sweep() == 0
        clock.now += UPLOAD_AGE_MAX + timedelta(minutes=1)
        assert await app.sweep() == 1
    assert store.keys() == {"aa/aaaa.png"}


async def test_a_store_that_does_not_answer_is_tried_again(tmp_path: Path) -> None:
    vault = Vault(f"file://{tmp_path}/objects")
    (tmp_path / "objects" / "people").write_text("a file where a folder should be")
    with pytest.raises(Unavailable):
        await vault.write("people/a/private/u1", b"x")


def named(*identities: Identity) -> Names:
    """What the read models know: these identities and two players."""
    players = (player("P1", "Holm Jan Erik"), player("P2", "Sergio Garcia"))
    return Names(identities=identities, players=players, seats={})


async def test_suggestions_are_said_once_and_a_rejected_one_never_again(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, store: Store, tmp_path: Path
) -> None:
    holm, garcia = identity("Holm", "Jan-Erik Holm"), identity("Garcia", "Pedro Garcia")
    async with instance(bus_urls, store, tmp_path) as app:
        assert await suggest_links(named(holm, garcia), app.handle) == 1
        assert await suggest_links(named(holm, garcia), app.handle) == 0
        [fact] = await facts.until(LinkSuggested)
        assert fact.envelope.actor == "override-suggester"
        assert fact.event.person_id == f"g-{holm.player_hash}"
        person_id = fact.event.person_id
        reject = RejectLink(person_id=person_id, wsop_player_id="P1", reason="not him")
        await app.handle(reject, asked("reject"))
        capitals = identity("HOLM", "Jan-Erik Holm")
        assert capitals.player_hash == holm.player_hash
        assert await suggest_links(named(capitals, garcia), app.handle) == 0
