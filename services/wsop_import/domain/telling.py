"""From the rows of one file to facts: what is new, what differs, in facts of limited size."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    ChipRow,
    Counts,
    EventsTold,
    PlayersTold,
    Progress,
    RowFinding,
    RowsNoted,
    RowsRejected,
    StandingRow,
    StandingsTold,
)
from contracts.tournament import ChipCount
from services.wsop_import.domain.arranging import Group, Work, best
from services.wsop_import.domain.changes import changed
from services.wsop_import.domain.records import (
    ChipRecord,
    StandingRecord,
    add_digests,
    content_digest,
)
from services.wsop_import.domain.state import Catalogue, Moment, SnapshotTold

# Rows of one fact: some 50 KB of stacks. Small facts keep other writers' waits short.
ROWS_MAX = 200
# Bytes of rows in one fact; the rest of a message's 256 KiB is for its other fields.
BYTES_MAX = 200 * 1024
# A time that lies further ahead is a wrong clock; it is taken and flagged.
FUTURE = timedelta(hours=24)


class HeldStack(msgspec.Struct, frozen=True):
    """What holds of a key, and when the content that told it arrived (`Catalogue.arrival`)."""

    told: ChipCount
    arrival: int


# What earlier imports said of moments that differ: stacks by key.
type Held = Mapping[Moment, Mapping[str, HeldStack]]


class _Fact:
    """Collects the rows of one fact up to its limits."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._bytes = 0

    def add(self, *rows: msgspec.Struct) -> list[Any]:
        """Add rows; where there is no room for them, the next fact begins with them, and the rows
        of this one are returned.
        """
        size = sum(map(len, map(_encode, rows)))
        full = self._bytes + size > BYTES_MAX or len(self.rows) + len(rows) > ROWS_MAX
        done = self.rows if full else []
        if done:
            self.rows, self._bytes = [], 0
        self.rows += rows
        self._bytes += size
        return done


_encode = msgspec.json.Encoder().encode


class Teller:
    """Tells one file from a step on. `tally` counts what became of the rows so far."""

    def __init__(
        self, work: Work, catalogue: Catalogue, held: Held, progress: Progress, now: datetime
    ) -> None:
        """`held` must have every moment that `moments_to_read` names."""
        self._work = work
        self._catalogue = catalogue
        self._held = held
        self._from = progress.through
        self._now = now
        self._arrival = catalogue.arrival(work.parsed.file.sha256)
        self.tally = Counter(asdict(progress.counts))

    def facts(self) -> Iterator[Event]:
        """The facts behind the step the import has reached, in order."""
        parsed, notes = self._work.parsed, self._work.notes
        yield from self._findings(RowsRejected, 0, parsed.findings)
        yield from self._findings(RowsNoted, len(parsed.findings), notes)
        yield from self._people()
        for moment in self._work.moments:
            yield from self._moment(moment)
        for snapshot in self._work.snapshots:
            yield from self._snapshot(snapshot)

    def _progress(self, through: int) -> Progress:
        return Progress(through=through, counts=Counts(**self.tally))

    def _findings(
        self, fact: type[RowsRejected | RowsNoted], first: int, findings: Sequence[RowFinding]
    ) -> Iterator[Event]:
        for step, chunk in chunks(findings, first):
            through = step + len(chunk)
            if through > self._from:
                yield fact(
                    import_id=self._work.parsed.import_id,
                    findings=tuple(chunk),
                    progress=self._progress(through),
                )

    def _people(self) -> Iterator[Event]:
        fact = _Fact()
        for step, record in enumerate(self._work.people, self._work.first):
            if step < self._from:
                continue
            rows = changed(record, self._catalogue)
            if not rows:
                self.tally["unchanged"] += record.rows
                continue
            # All rows of one record in one fact: a step is told whole or not at all.
            if done := fact.add(*rows):
                yield self._people_told(done, step)
            self.tally["created" if rows[0].created else "changed"] += record.rows
        if fact.rows:
            yield self._people_told(fact.rows, self._work.first + len(self._work.people))

    def _people_told(self, rows: list[Any], through: int) -> Event:
        parsed, progress = self._work.parsed, self._progress(through)
        if parsed.kind == "events":
            return EventsTold(
                import_id=parsed.import_id,
                exported_at=parsed.exported_at,
                rows=tuple(rows),
                progress=progress,
            )
        return PlayersTold(import_id=parsed.import_id, rows=tuple(rows), progress=progress)

    def _moment(self, group: Group[ChipRecord]) -> Iterator[Event]:
        moment = (group.event_id, group.moment)
        told = self._catalogue.moments.get(moment)
        behind = range(max(0, self._from - group.first), len(group.records))
        if not behind:
            return
        if told is not None and told.digest == group.digest:
            self.tally["unchanged"] += len(behind)
            return
        before = self._held[moment] if told is not None else {}
        whole, fact = self._moment_fields(group), _Fact()
        digest = told.digest if told else ""
        added: list[str] = []
        removed: list[str] = []
        for place in behind:
            record = group.records[place]
            held = before.get(record.key)
            old = held.told if held else None
            if old is not None:
                record = replace(record, told=completed(record.told, old))
            if old == record.told or self._overruled(held):
                self.tally["unchanged"] += 1
                continue
            if done := fact.add(self._chip_row(record, old)):
                digest = add_digests(digest, added, removed)
                added, removed = [], []
                yield self._chips_told(whole, done, digest, group.first + place)
            self.tally["created" if old is None else "corrected"] += 1
            if old is None:
                added.append(group.digests[place])
            else:
                removed.append(content_digest(record.key, old))
                added.append(content_digest(record.key, record.told))
        if fact.rows:
            digest = add_digests(digest, added, removed)
            yield self._chips_told(whole, fact.rows, digest, group.first + len(group.records))

    def _chip_row(self, record: ChipRecord, before: ChipCount | None) -> ChipRow:
        return ChipRow(
            at=record.at,
            told=record.told,
            player_id=record.player_id,
            player_name=record.player_name,
            player_known=self._knows(record.player_id),
            before=before,
        )

    def _moment_fields(self, group: Group[ChipRecord]) -> dict[str, Any]:
        """The fields of a moment that all its facts repeat."""
        return {
            "import_id": self._work.parsed.import_id,
            "event_id": group.event_id,
            "event_known": group.event_id in self._catalogue.events,
            "recorded_at": group.moment,
            "recorded_text": group.records[0].moment_text,
            "zone_assumed": any(record.zone_assumed for record in group.records),
            "time_assumed": any(record.time_assumed for record in group.records),
            "future": group.moment - self._now > FUTURE,
        }

    def _chips_told(
        self, whole: Mapping[str, Any], rows: list[ChipRow], digest: str, through: int
    ) -> Event:
        return ChipCountsTold(
            moment_digest=digest, rows=tuple(rows), progress=self._progress(through), **whole
        )

    def _snapshot(self, group: Group[StandingRecord]) -> Iterator[Event]:
        old = self._catalogue.snapshots.get((group.event_id, group.moment))
        if old is not None and (old.digest == group.digest or self._overruled(old)):
            self.tally["unchanged"] += len(group.records)
            return
        rows = [
            replace(record.row, player_known=self._knows(record.row.player_id))
            for record in group.records
        ]
        parts = list(chunks(rows, group.first))
        whole = snapshot_fields(group)
        for number, (step, chunk) in enumerate(parts, 1):
            if step < self._from:
                continue
            self.tally["created" if old is None else "corrected"] += len(chunk)
            yield StandingsTold(
                import_id=self._work.parsed.import_id,
                event_known=group.event_id in self._catalogue.events,
                future=group.moment - self._now > FUTURE,
                corrected=old is not None,
                part=number,
                parts=len(parts),
                rows=tuple(chunk),
                progress=self._progress(step + len(chunk)),
                **whole,
            )

    def _overruled(self, held: HeldStack | SnapshotTold | None) -> bool:
        """Whether a content that came later than this one, which is taken again, told it."""
        return held is not None and held.arrival > self._arrival

    def _knows(self, player_id: str | None) -> bool:
        return player_id is None or player_id in self._catalogue.players


def completed(told: ChipCount, before: ChipCount) -> ChipCount:
    """A stack told again, with what it leaves blank as it was: a blank cell says nothing."""
    blank = {name: old for name, old in asdict(before).items() if getattr(told, name) is None}
    return replace(told, **blank)


def snapshot_fields(group: Group[StandingRecord]) -> dict[str, Any]:
    """The fields of a snapshot that all its parts repeat."""
    remaining = best(group.records, lambda each: each.players_remaining)
    counted = sum(record.row.chip_count > 0 for record in group.records)
    return {
        "event_id": group.event_id,
        "snapshot_at": group.moment,
        "snapshot_text": group.records[0].moment_text,
        "zone_assumed": any(record.zone_assumed for record in group.records),
        "players_remaining": counted if remaining is None else remaining,
        "remaining_counted": remaining is None,
        "level_number": best(group.records, lambda each: each.level_number),
        "day_number": best(group.records, lambda each: each.day_number),
        "snapshot_digest": group.digest,
    }


def chunks[R: RowFinding | StandingRow](
    rows: Iterable[R], first: int
) -> Iterator[tuple[int, Sequence[R]]]:
    """Rows by fact, each with the number of its first step; the same rows give the same facts."""
    fact = _Fact()
    for row in rows:
        if done := fact.add(row):
            yield first, done
            first += len(done)
    if fact.rows:
        yield first, fact.rows


def moments_to_read(work: Work, catalogue: Catalogue, through: int) -> Iterator[Group[ChipRecord]]:
    """Moments of a file, behind a step, of which something else was said before."""
    for group in work.moments:
        told = catalogue.moments.get((group.event_id, group.moment))
        ahead = group.first + len(group.records) > through
        if ahead and told is not None and told.digest != group.digest:
            yield group
