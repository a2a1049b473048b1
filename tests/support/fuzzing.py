"""Damaged files through the real path: parse, decide to the end, fold; and what must hold of each.

    python -m tests.support.fuzzing FIRST COUNT

runs the files of the seeds FIRST to FIRST + COUNT - 1 in a process of its own and prints one line
of JSON: what became of them, what broke (by seed), and the memory the process took at most.
"""

import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from contracts import codec
from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx import FileRejected, FileSkipped, FileSource, SnapshotRead
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.hands.store import SPEC as HANDS
from projections.sync_status.store import SPEC as SYNC_STATUS
from services.gfx_ingest.domain import (
    GAME,
    TABLE,
    Command,
    Game,
    GfxDecider,
    ImportSnapshot,
    RejectFile,
    RemoveFile,
    SayFindings,
    Snapshot,
    State,
)
from services.gfx_ingest.inputs.parse import BadFile, Origin, parse
from services.gfx_ingest.outputs.findings import FACTS_MAX, FollowedGame
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_files import sha256
from tests.support.mutations import Mutated, mutated

RIVER = "river"
SPECS = (HANDS, CHIP_COUNTS, SYNC_STATUS)
BIGINT = range(-(2**63), 2**63)
# Decisions about one file; a file of the most hands that are taken needs some twenty.
DECISIONS_MAX = 100
# What was read before the damaged file: nothing, or the file as it was, at the same path or beside
# it, still there or removed since.
SITUATIONS = ("first", "rewritten", "beside", "removed")
CODES = frozenset({
    "bad_text", "duplicate_hand", "duplicate_seat", "empty", "hand_too_large", "missing_field",
    "name_mismatch", "not_json", "not_utf8", "other_table", "out_of_range", "repeated_key",
    "too_deep", "too_large", "too_many_hands", "truncated", "wrong_type", "wrong_value",
})  # fmt: skip


class Found(msgspec.Struct):
    """What a run found. `outcomes` counts files by the word for what became of them; `broken` are
    sentences that begin with the seed.
    """

    files: int = 0
    events: int = 0
    outcomes: dict[str, int] = {}
    broken: list[str] = []
    slowest_s: float = 0.0
    slowest: str = ""
    peak_mib: int = 0


class Desk:
    """gfx-ingest without its edges: the files that lie there, what is known, everything said."""

    def __init__(self) -> None:
        self.said: list[Event] = []
        self._decider = GfxDecider()
        self._states: dict[tuple[str, str], State] = {}
        self._lie: dict[tuple[str, str], Snapshot] = {}

    def take(self, path: str, data: bytes, table: str = RIVER) -> bool:
        """What the importer does with a resting content; whether it is taken, not rejected."""
        origin = Origin(table, path, sha256(data))
        self._lie.pop((table, path), None)
        try:
            snapshot = parse(data, origin)
        except BadFile as error:
            self._reject(origin, len(data), error.code, str(error))
            return False
        game = snapshot.game_id
        rivals = tuple(each for each in self._lie.values() if each.game_id == game)
        command = ImportSnapshot(snapshot=snapshot, rivals=rivals)
        refusal = self._decide(command, GAME, game)
        if refusal is not None:
            self._reject(origin, len(data), refusal.reason, refusal.message)
            return False
        self._lie[table, path] = snapshot
        return True

    def remove(self, path: str, table: str = RIVER) -> None:
        """The file is gone, and the next look at the folder notices it."""
        self._lie.pop((table, path), None)
        for (entity, game_id), state in list(self._states.items()):
            if entity == GAME and isinstance(state, Game) and state.table == table:
                sha256 = state.present().get(path, "")
                source = FileSource(path=path, sha256=sha256)
                assert (
                    self._decide(RemoveFile(game_id=game_id, source=source), GAME, game_id) is None
                )

    def find(self) -> None:
        """Say what follows from the hands of every game, as the reactor does once a file closes."""
        for entity, game_id in list(self._states):
            facts = [event for event in self.said if event.subject_id == game_id]
            if entity != GAME or len(facts) > FACTS_MAX:
                continue
            game = FollowedGame()
            for fact in log_of(*facts):
                game.follow(fact)
            change = game.change(game_id)
            while change.voided or change.said:
                command = SayFindings(game_id=game_id, facts=game.facts, difference=change)
                already = len(self.said)
                assert self._decide(command, GAME, game_id) is None
                assert len(self.said) > already, "a finding cannot be said"
                for fact in log_of(*self.said[already:], after=game.facts):
                    game.follow(fact)
                change = game.change(game_id)

    def _reject(self, origin: Origin, size: int, code: str, detail: str) -> None:
        source = FileSource(path=origin.path, sha256=origin.sha256)
        table = origin.table
        command = RejectFile(table=table, source=source, bytes=size, code=code, detail=detail)
        assert self._decide(command, TABLE, table) is None

    def _decide(self, command: Command, entity: str, entity_id: str) -> Refusal | None:
        """Decide until there is nothing more to say."""
        place = (entity, entity_id)
        state = self._states.get(place) or self._decider.initial(entity, entity_id)
        for _ in range(DECISIONS_MAX):
            events = self._decider.decide(command, state, LOG_START)
            if isinstance(events, Refusal):
                return events
            if not events:
                return None
            for event in events:
                state = self._decider.evolve(state, event)
            self._states[place] = state
            self.said += events
        raise AssertionError("the file does not come to an end")


def check(seed: int, file: Mutated) -> tuple[str, int]:
    """Take one damaged file; the word for what became of it and the number of events.

    Raises AssertionError, or whatever the path raises, if it is not as it must be.
    """
    desk, situation = Desk(), SITUATIONS[seed % len(SITUATIONS)]
    path = "day1/export.json"
    if situation != "first":
        old = path if situation == "rewritten" else "day0/old.json"
        assert desk.take(old, file.before), "a file as the PC wrote it is rejected"
        if situation == "removed":
            desk.remove(old)
    desk.find()
    known = file.data == file.before and situation == "rewritten"
    already = len(desk.said)
    desk.take(path, file.data)
    outcome = "accounted" if known else _outcome(desk.said[already:], path, sha256(file.data))
    desk.find()
    count = len(desk.said)
    desk.take(path, file.data)
    desk.find()
    assert len(desk.said) == count, "the same file says something twice"
    _check_events(desk.said)
    _check_folds(desk.said)
    return outcome, count


def _outcome(said: Sequence[Event], path: str, content: str) -> str:
    closing = [e for e in said if isinstance(e, SnapshotRead | FileSkipped | FileRejected)]
    assert [(e.source.path, e.source.sha256) for e in closing] == [(path, content)], "not one end"
    match closing[0]:
        case SnapshotRead():
            return "read"
        case FileSkipped() as skipped:
            return skipped.reason
        case FileRejected() as rejected:
            assert rejected.code in CODES, rejected.code
            assert " " in rejected.detail, rejected.detail
            assert said == closing, "a rejected file said something"
            return rejected.code


def _check_events(said: Sequence[Event]) -> None:
    for event in said:
        body = codec.encode(event)  # raises above MESSAGE_BYTES_MAX
        assert codec.decode(event.TYPE.text, body) == event


def _check_folds(said: Sequence[Event]) -> None:
    facts = log_of(*said)
    for spec in SPECS:
        for table, rows in Folding(spec.fold).apply(facts).dump().items():
            for row in rows:
                _check_row(table, row)


def _check_row(table: str, row: dict[str, object]) -> None:
    """What PostgreSQL cannot keep in a column, Python does not mind."""
    for column, value in row.items():
        if isinstance(value, int):
            assert value in BIGINT, f"{table}.{column} is {value}"
        assert "\\u0000" not in repr(value) or "\x00" not in str(value), f"{table}.{column}"


def peak_mib(status: Path = Path("/proc/self/status")) -> int:
    """Most resident memory a process had so far."""
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def run(first: int, count: int) -> Found:
    """Take the files of some seeds, one after the other, each into an empty world."""
    found, outcomes = Found(), Counter[str]()
    for seed in range(first, first + count):
        file = mutated(seed)
        started = time.perf_counter()
        try:
            outcome, events = check(seed, file)
        except Exception:  # noqa: BLE001 - whatever it is, it is what was looked for
            reason = traceback.format_exc(limit=-2).strip()
            found.broken.append(f"{seed} {'+'.join(file.done)}: {reason}")
            outcome, events = "broken", 0
        seconds = time.perf_counter() - started
        if seconds > found.slowest_s:
            found.slowest_s, found.slowest = seconds, f"{seed} {'+'.join(file.done)}"
        outcomes[outcome] += 1
        found.events += events
        found.files += 1
    found.outcomes, found.peak_mib = dict(sorted(outcomes.items())), peak_mib()
    return found


def main() -> None:
    """Run the seeds of the command line."""
    first, count = (int(word) for word in sys.argv[1:])
    print(msgspec.json.encode(run(first, count)).decode())


if __name__ == "__main__":
    main()
