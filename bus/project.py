"""The projector: read the log, fold in memory, write rows and checkpoint in one transaction.

While one batch is being written the next one is decoded. Rows live in a bounded cache, so that a
fold sees what it wrote before; any doubt about another writer drops the cache and starts again from
the checkpoint.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import batched
from pathlib import Path

import asyncpg
import msgspec
import structlog

from bus import checkpoint, metrics, parking, retry
from bus.api import Bus, RawMessage, Reader, recorded
from bus.checkpoint import Checkpoint
from bus.errors import Fatal, Fenced, LogMismatch, Retryable
from bus.health import Health
from bus.parking import Parked
from bus.tables import Connection, Table, load_missing
from contracts.envelope import identity
from contracts.recorded import Recorded
from contracts.rows import Fold, Key, Row, Rows, TwoStepFold

log = structlog.get_logger()

# Live batches stay small for latency; a replay takes what the reader holds.
BATCH_MAX = 5000
# After so many events, some milliseconds, the write under way and the reader get their turn.
TURN = 200
# The checkpoint moves at least this often, also when nothing applied.
WAIT_S = 0.2
# Rows of one statement: on its way a row is held three times over, as itself and as text.
WRITE_ROWS = 2000
# Rows held in memory: some 50 MB at 1 KB a row.
CACHE_ROWS_MAX = 50_000
# The log's identity and our place in it are compared this often, and at every (re)start.
VERIFY_S = 2.0
# A run that lasted this long was no part of the trouble before it: wait from the base again.
STEADY_S = 10.0
# Longest wait between two tries while a server is away; rows that come late air late.
RETRY_S_MAX = 1.0
# A projection without a sign of life for this long is unhealthy.
SILENCE_S_MAX = 4.0


class ProjectionSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a projection is: its fold, its tables and the files that decide its rows.

    `variant` tells the rows of one fold under different rules apart; each has its own schema.
    `cache_rows` is how many rows may stay in memory where CACHE_ROWS_MAX of them are too large.
    """

    name: str
    version: int
    fold: Fold
    rows: tuple[type[Row], ...]
    sql: Path
    variant: str = ""
    cache_rows: int | None = None

    @property
    def owner(self) -> str:
        """Owner name of its reader and its dead letters, the same for all variants."""
        return f"{self.name}_v{self.version}"

    @property
    def schema(self) -> str:
        """Schema in Postgres."""
        return f"{self.owner}_{self.variant}" if self.variant else self.owner

    @property
    def fingerprint(self) -> str:
        """Hash of domain.py (or all of domain/), store.py and table.sql."""
        folder = self.sql.parent
        core = sorted([*folder.glob("domain.py"), *folder.glob("domain/**/*.py")])
        return checkpoint.fingerprint([*core, folder / "store.py", self.sql])


# The last one is what a statement gets while the word of a dying server is still being read.
DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

type Changes = list[tuple[type[Row], Key, Row | None]]
type Named = Iterable[tuple[type[Row], Key]]


class Batch(msgspec.Struct):
    """Decoded events of one batch and what could not be decoded."""

    last: RawMessage
    facts: list[Recorded]
    parked: list[Parked]


class Projector:
    """Runs one projection until cancelled."""

    def __init__(self, spec: ProjectionSpec, bus: Bus, dsn: str, health: Health) -> None:
        """`dsn` is the owner's; readers use the views."""
        self._spec = spec
        self._bus = bus
        self._dsn = dsn
        self._health = health
        self._tables = {kind: Table(kind, spec.schema) for kind in spec.rows}
        self._handled = {(e.TYPE.owner, e.TYPE.name) for e in spec.fold.handles}
        self._cache_rows = spec.cache_rows or CACHE_ROWS_MAX
        self._two_steps = spec.fold if isinstance(spec.fold, TwoStepFold) else None
        self._rows = Rows()
        self._blocked: dict[str, int] = {}
        self._parked = 0
        # Up to here events are written one by one, to find the one the database refuses.
        self._careful_until = 0
        self._checkpoint: Checkpoint | None = None
        self._shown = False
        health.register(spec.name, SILENCE_S_MAX)

    async def run(self) -> None:
        """Fold for ever; comes back by itself from a lost database, server or race."""
        waits, clock = retry.delays(most_s=RETRY_S_MAX), asyncio.get_running_loop().time
        while True:
            started = clock()
            try:
                await self._run_once()
            except LogMismatch as error:
                log.error("projection.log_mismatch", projection=self._spec.name, error=str(error))  # noqa: TRY400
                self._health.trouble(self._spec.name, str(error))
                await asyncio.sleep(VERIFY_S)
            except (Retryable, OSError, *DATABASE_ERRORS) as error:
                reason = f"{type(error).__name__}: {error}"
                log.warning("projection.again", projection=self._spec.name, error=reason)
                self._health.trouble(self._spec.name, reason)
                if clock() - started > STEADY_S:
                    waits = retry.delays(most_s=RETRY_S_MAX)
                await asyncio.sleep(next(waits))

    async def _run_once(self) -> None:
        connection = await checkpoint.connect(self._dsn, self._spec.schema)
        try:
            await self._prepare(connection)
            after = self._checkpoint.sequence if self._checkpoint else 0
            async with self._bus.reader(self._spec.owner, None, after) as reader:
                await self._follow(connection, reader)
        finally:
            await _close(connection)

    async def _prepare(self, connection: Connection) -> None:
        spec = self._spec
        sql = await asyncio.to_thread(spec.sql.read_text)
        self._shown = await checkpoint.prepare(
            connection, spec.schema, spec.name, sql, spec.fingerprint
        )
        self._checkpoint = await checkpoint.load(connection, spec.schema)
        self._blocked = await parking.load_keys(connection, spec.schema)
        self._parked = await parking.count(connection, spec.schema)
        self._rows = Rows()
        metrics.PARKED.labels(spec.name).set(self._parked)
        head = await checkpoint.verify(self._bus, self._checkpoint)
        if self._checkpoint is None:
            self._checkpoint = Checkpoint(head.log_id, 0, "")
            async with connection.transaction():
                names = (spec.name, spec.schema)
                await checkpoint.move(connection, names, None, self._checkpoint)

    async def _follow(self, connection: Connection, reader: Reader) -> None:
        """Decode, load and fold the next batch while the last one is being written."""
        writing: asyncio.Task[None] | None = None
        clock = asyncio.get_running_loop().time
        verified = clock() - VERIFY_S  # at once: a projection at the end of the log is ready
        loading = await checkpoint.connect(self._dsn, f"{self._spec.schema}-load")
        try:
            while True:
                if clock() - verified >= VERIFY_S:
                    if writing is not None:
                        await writing
                    verified = clock()
                    await self._verify(connection)
                messages = await reader.next(self._most, WAIT_S)
                if messages:
                    batch = await self._decode(messages)
                    if writing is not None and self._must_wait:
                        await writing
                    await self._load(loading, batch)
                    self._fold(batch)
                    if writing is not None:
                        await writing
                    changes = self._rows.take_changes()
                    writing = asyncio.create_task(self._write(connection, batch, changes))
                elif writing is not None:
                    await writing
                    writing = None
        finally:
            if writing is not None:
                await asyncio.gather(writing, return_exceptions=True)
            await _close(loading)

    @property
    def _careful(self) -> bool:
        done = self._checkpoint.sequence if self._checkpoint else 0
        return done < self._careful_until

    @property
    def _most(self) -> int:
        return 1 if self._careful else BATCH_MAX

    @property
    def _must_wait(self) -> bool:
        """Whether the last batch must be stored before the next one is loaded."""
        return self._careful or self._rows.size() > self._cache_rows

    async def _verify(self, connection: Connection) -> None:
        head = await checkpoint.verify(self._bus, self._checkpoint)
        await connection.fetchval("select 1")
        done = self._checkpoint.sequence if self._checkpoint else 0
        metrics.LAG.labels(self._spec.name).set(head.sequence - done)
        if head.sequence == done:
            await self._publish(connection)
            self._health.beat(self._spec.name)

    async def _publish(self, connection: Connection) -> None:
        """A new version that has caught up takes the place of the one the views show."""
        if not self._shown:
            sql = await asyncio.to_thread(self._spec.sql.read_text)
            await checkpoint.publish(connection, self._spec.schema, self._spec.name, sql)
            self._shown = True
            log.info("projection.published", projection=self._spec.name, schema=self._spec.schema)

    async def _decode(self, messages: Sequence[RawMessage]) -> Batch:
        batch = Batch(messages[-1], [], [])
        for number, message in enumerate(messages, start=1):
            if not number % TURN:
                await asyncio.sleep(0)
            tokens = message.subject.split(".")
            if (tokens[1], tokens[-1]) not in self._handled:
                continue
            try:
                batch.facts.append(recorded(message))
            except Exception as error:  # noqa: BLE001  # whatever is wrong, only this event waits
                self._park(batch, message.sequence, message.subject, (None, parking.reason(error)))
        return batch

    async def _load(self, connection: Connection, batch: Batch) -> None:
        """Make every row known that these events may read."""
        rows, tables = self._rows, self._tables
        if rows.size() > self._cache_rows:
            rows.forget()
        await load_missing(connection, tables, rows, self._named(batch, self._spec.fold.keys))
        if fold := self._two_steps:
            further = self._named(batch, lambda fact: fold.further_keys(fact, rows))
            await load_missing(connection, tables, rows, further)

    def _named(self, batch: Batch, keys: Callable[[Recorded], Named]) -> Named:
        """What the events of a batch name; one that cannot say it is parked."""
        named: list[tuple[type[Row], Key]] = []
        readable: list[Recorded] = []
        for fact in batch.facts:
            try:
                needed = list(keys(fact))
                self._spec.fold.block_key(fact)
            except Exception as error:  # noqa: BLE001  # whatever is wrong, only this event waits
                self._park(batch, fact.sequence, fact.event.subject, (None, parking.reason(error)))
            else:
                readable.append(fact)
                named += needed
        batch.facts = readable
        return named

    def _fold(self, batch: Batch) -> None:
        rows, project, applied = self._rows, self._spec.fold.project, 0
        for fact in batch.facts:
            # Hardly ever is anything blocked; then no key needs to be made.
            if self._blocked and (reason := self._held_back(fact)):
                self._park(
                    batch, fact.sequence, fact.event.subject, (self._block_key(fact), reason)
                )
                continue
            rows.begin()
            try:
                project(fact, rows)
            except Exception as error:  # noqa: BLE001  # whatever is wrong, only this event waits
                rows.roll_back()
                why = (self._block_key(fact), parking.reason(error))
                self._park(batch, fact.sequence, fact.event.subject, why)
            else:
                applied += 1
        metrics.APPLIED.labels(self._spec.name).inc(applied)

    def _held_back(self, fact: Recorded) -> str:
        """Why an event must wait for a parked one; empty if it need not."""
        keys = (self._block_key(fact), parking.entity_key(fact.event.subject))
        first = min((self._blocked[k] for k in keys if k in self._blocked), default=fact.sequence)
        return f"behind parked event {first}" if first < fact.sequence else ""

    def _block_key(self, fact: Recorded) -> str:
        return parking.storable(self._spec.fold.block_key(fact))

    def _park(self, batch: Batch, sequence: int, subject: str, why: tuple[str | None, str]) -> None:
        """`why` is the block key, None where nobody can tell it, and the reason."""
        block_key, reason = why
        key = block_key or parking.entity_key(subject)
        self._blocked[key] = min(sequence, self._blocked.get(key, sequence))
        batch.parked.append(Parked(sequence, key, subject, reason))
        self._parked += 1
        if self._parked > parking.PARKED_MAX:
            raise Fatal(f"{self._spec.name} parked {self._parked} events; its code is wrong")

    async def _write(self, connection: Connection, batch: Batch, changes: Changes) -> None:
        """Store a batch; a row the database refuses for what it says is an event that failed."""
        try:
            await parking.report(self._bus, self._spec.owner, batch.parked)
            await self._store(connection, batch, changes)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            if len(batch.facts) != 1 or not self._careful:
                self._careful_until = batch.last.sequence
                raise
            fact = batch.facts[0]
            self._rows = Rows()
            why = (self._block_key(fact), parking.reason(error))
            self._park(batch, fact.sequence, fact.event.subject, why)
            await parking.report(self._bus, self._spec.owner, batch.parked)
            await self._store(connection, batch, [])
        self._health.beat(self._spec.name)

    async def _store(self, connection: Connection, batch: Batch, changes: Changes) -> None:
        spec, old = self._spec, self._checkpoint
        if old is None:
            raise Fenced("no checkpoint")
        changed: dict[type[Row], tuple[list[Row], list[Key]]] = {}
        for kind, key, row in changes:
            rows, keys = changed.setdefault(kind, ([], []))
            if row is None:
                keys.append(key)
            else:
                rows.append(row)
        event_id = identity(batch.last.headers)
        new = Checkpoint(old.log_id, batch.last.sequence, event_id)
        async with connection.transaction():
            for kind in spec.rows:
                rows, keys = changed.get(kind, ([], []))
                await self._tables[kind].remove(connection, keys)
                for part in batched(rows, WRITE_ROWS):
                    await self._tables[kind].write(connection, part)
            if batch.parked:
                await parking.store(connection, spec.schema, batch.parked)
            await checkpoint.move(connection, (spec.name, spec.schema), old, new)
        self._checkpoint = new
        metrics.CHECKPOINT.labels(spec.name).set(new.sequence)
        metrics.LAG.labels(spec.name).set(batch.last.pending)
        metrics.PARKED.labels(spec.name).set(self._parked)


async def _close(connection: Connection) -> None:
    with suppress(OSError, *DATABASE_ERRORS):
        await connection.close(timeout=2)
