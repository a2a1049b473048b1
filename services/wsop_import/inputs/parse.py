"""One content to records and findings, by a layout that is recognised by what is in it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contracts.messages.wsop import ImportFile, RowFinding
from contracts.tournament import BlindLevel, EventFields, PayoutBand
from services.wsop_import.domain.records import NO_EVENT, NO_OFFSET, EventRecord, Parsed, Record
from services.wsop_import.inputs import lists
from services.wsop_import.inputs.building import BUILDERS, Piece, Setting
from services.wsop_import.inputs.content import Content, check_text
from services.wsop_import.inputs.csv_file import CsvFile
from services.wsop_import.inputs.errors import BadFile, BadValue, shown
from services.wsop_import.inputs.forms import Convert, Form
from services.wsop_import.inputs.json_file import JsonFile
from services.wsop_import.inputs.layouts import BY_LIST
from services.wsop_import.inputs.recognise import NOTHING, recognise_columns, recognise_element
from services.wsop_import.inputs.values import moment

# Ten times the largest file there is; their records are held in memory, about 1 KB each.
ROWS_MAX = 100_000
# Of the columns that nobody knows, this many are named.
UNKNOWN_NAMED_MAX = 50

# Names of imports: the same bytes at the same place are the same import, unless taken again.
_NAMESPACE = uuid.UUID("0d8f7f0c-6c0e-5c53-9b0a-2f6b0c2f5a17")


class RawRow(msgspec.Struct, frozen=True):
    """One row as it stands in the file; `fault` (code, sentence) when it cannot be read."""

    at: str
    fields: Mapping[str, object]
    fault: tuple[str, str] | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A recognised content: its layout, unit, and rows to be read once."""

    form: Form
    dollars: bool
    rows: Iterable[RawRow]
    exported_at: object = None
    columns: Sequence[str] = ()
    findings: tuple[RowFinding, ...] = ()


def import_id(path: str, sha256: str, takes: int = 0) -> str:
    """The id of the import of one content at one place, taken in so many times before."""
    again = f"\n{takes}" if takes else ""
    return str(uuid.uuid5(_NAMESPACE, f"{path}\n{sha256}{again}"))


def import_file(content: Content, content_at: datetime) -> ImportFile:
    """Where a content is from, as facts say it."""
    return ImportFile(
        path=content.path, sha256=content.sha256, bytes=content.bytes, content_at=content_at
    )


def parse(content: Content, setting: Setting) -> Parsed:
    """All of a content. Raises BadFile; nothing of such a content counts."""
    mark = check_text(content)
    content.handle.seek(mark)
    if content.handle.read(64).lstrip()[:1] in (b"{", b"["):
        return _parsed(content, _json_source(JsonFile(content, mark)), setting)
    table = CsvFile(content)
    try:
        return _parsed(content, _csv_source(table), setting)
    finally:
        table.close()


def _json_source(file: JsonFile) -> Source:
    form = BY_LIST.get(file.list_name)
    if form is None:
        form = recognise_element(next(file.records(), ("", NOTHING))[1])
    if file.money_unit not in (None, "cents", "dollars"):
        raise BadFile("bad_money_unit", f"money_unit {shown(file.money_unit)} is unknown")
    rows = (
        RawRow(at, element)
        if isinstance(element, dict)
        else RawRow(at, {}, ("wrong_type", f"{shown(element)} is not an object"))
        for at, element in file.records()
    )
    return Source(
        form=form, dollars=file.money_unit == "dollars", rows=rows, exported_at=file.exported_at
    )


def _csv_source(table: CsvFile) -> Source:
    form = recognise_columns(table.columns)
    rows = (RawRow(str(row.line), row.cells, row.fault) for row in table.rows())
    return Source(form=form, dollars=form.dollars, rows=rows, columns=table.columns)


def _parsed(content: Content, source: Source, setting: Setting) -> Parsed:
    try:
        return _all_rows(content, source, setting)
    except BadFile as error:
        error.kind = source.form.kind
        raise


def _all_rows(content: Content, source: Source, setting: Setting) -> Parsed:
    form = source.form
    if form.layout.startswith("guide_") and not setting.guide_event:
        raise BadFile(
            NO_EVENT,
            "a file of the input guide names no event: set RAILCAST_WSOP_GUIDE_EVENT to the id of "
            "its event and start wsop-import again",
        )
    reader = _Reader(source, setting)
    records = list(reader.records())
    if form.layout == "guide_tournaments" and reader.rows > 1:
        raise BadFile(
            "several_events", f"{reader.rows} events without numbers cannot be told apart"
        )
    exported_at, findings = _exported_at(source.exported_at)
    return Parsed(
        import_id=import_id(content.path, content.sha256, setting.takes),
        kind=form.kind,
        layout=form.layout,
        file=import_file(content, setting.content_at),
        rows=reader.rows,
        exported_at=exported_at,
        unknown_columns=tuple(list(reader.unknown)[:UNKNOWN_NAMED_MAX]),
        unknown_columns_count=len(reader.unknown),
        records=tuple(records),
        findings=(*findings, *reader.findings),
        rejected=reader.rejected,
    )


def _exported_at(value: object) -> tuple[Any, tuple[RowFinding, ...]]:
    """The time a file gives itself; what is no time is found, and as if it were not there."""
    if value is None:
        return None, ()
    try:
        told = moment(value)
        if told.tzinfo is None:
            raise BadValue(NO_OFFSET, f"{shown(value)} has no offset")  # noqa: TRY301
    except BadValue as error:
        return None, (_finding("/exported_at", "exported_at", error, "field"),)
    return told, ()


def _finding(at: str, field: str, error: BadValue, scope: Any) -> RowFinding:
    return RowFinding(at=at, field=field, code=error.code, sentence=str(error), scope=scope)


class _Reader:
    """Reads every row of one source, and keeps what was found wrong."""

    def __init__(self, source: Source, setting: Setting) -> None:
        self._source = source
        self._setting = setting
        self._build = BUILDERS[source.form.layout]
        self._columns = source.form.columns
        self._convert = {
            name: _once(column.reader(dollars=source.dollars))
            for name, column in self._columns.items()
        }
        self._pieces: dict[str, list[tuple[str, BlindLevel | PayoutBand]]] = {}
        # A list without one of its rows is another list: the first wrong row by event, and the
        # first one that could not be read at all.
        self._spoilt: dict[str, str] = {}
        self._torn = ""
        self.rows = 0
        self.rejected = 0
        self.findings: list[RowFinding] = []
        self.unknown = dict.fromkeys(c for c in source.columns if c and c not in self._columns)

    def records(self) -> Iterator[Record]:
        """The records of all good rows. Raises BadFile."""
        for row in self._source.rows:
            self.rows += 1
            if self.rows > ROWS_MAX:
                raise BadFile("too_many_rows", f"more than {ROWS_MAX} rows", f"row {row.at}")
            built = self._row(row)
            if isinstance(built, Piece):
                self._pieces.setdefault(built.event_id, []).append((row.at, built.part))
            elif built is not None:
                yield built
        for event_id, pieces in self._pieces.items():
            if (record := self._list(event_id, pieces)) is not None:
                yield record

    def _row(self, row: RawRow) -> Record | Piece | None:
        if row.fault is not None:
            self._torn = self._torn or row.at
            self._reject(row.at, [("", BadValue(*row.fault))])
            return None
        if not self._source.columns:
            self.unknown |= {name: None for name in row.fields if name not in self._columns}
        told, wrong = self._values(row)
        if wrong:
            event_id = str(told.get("tournament_number", self._setting.guide_event))
            self._spoilt.setdefault(event_id, row.at)
            self._reject(row.at, wrong)
            return None
        try:
            return self._build(row.at, told, self._setting)
        except BadValue as error:
            self._reject(row.at, [(error.field, error)])
            return None

    def _values(self, row: RawRow) -> tuple[dict[str, Any], list[tuple[str, BadValue]]]:
        told: dict[str, Any] = {}
        wrong: list[tuple[str, BadValue]] = []
        for name, column in self._columns.items():
            value = row.fields.get(name, _ABSENT)
            try:
                if value is _ABSENT or (_blank(value) and not column.own):
                    if column.required:
                        wrong.append((name, BadValue("missing", f"{name} is missing")))
                    elif value is not _ABSENT:
                        told[name] = None
                    continue
                told[name] = self._convert[name](value)
                if column.convert is moment:
                    told[f"{name} text"] = str(value).strip()
            except BadValue as error:
                if column.own:
                    self.findings.append(_finding(row.at, name, error, "field"))
                else:
                    wrong.append((name, error))
        return told, wrong

    def _reject(self, at: str, wrong: Iterable[tuple[str, BadValue]]) -> None:
        self.rejected += 1
        self.findings += [_finding(at, name, error, "row") for name, error in wrong]

    def _list(
        self, event_id: str, pieces: list[tuple[str, BlindLevel | PayoutBand]]
    ) -> EventRecord | None:
        """A list of an event from its rows; it replaces the old one whole, or not at all."""
        levels = tuple(part for _, part in pieces if isinstance(part, BlindLevel))
        try:
            self._check_whole(event_id, len(pieces), bool(levels))
            bands = lists.ordered(
                (f"line {at}", part) for at, part in pieces if isinstance(part, PayoutBand)
            )
        except BadValue as error:
            text = f"{error}; no row of the list of event {event_id} is taken"
            for at, _ in pieces:
                self._reject(at, [("", BadValue(error.code, text))])
            return None
        fields = EventFields(blind_structure=levels) if levels else EventFields(payouts=bands)
        return EventRecord(at=pieces[0][0], event_id=event_id, fields=fields, rows=len(pieces))

    def _check_whole(self, event_id: str, rows: int, levels: bool) -> None:
        """Raises BadValue when a row of a list is wrong, or may be, or there are too many."""
        if wrong := self._torn or self._spoilt.get(event_id):
            raise BadValue("list_incomplete", f"line {wrong} is wrong")
        limit = lists.LEVELS_MAX if levels else lists.BANDS_MAX
        if rows > limit:
            raise BadValue("too_long", f"{rows} rows, at most {limit} are taken")


_ABSENT = object()


def _once(convert: Convert) -> Convert:
    """Convert a text that stood in the row before no second time: most columns repeat theirs."""
    before: str | None = None
    found: object = None

    def converted(value: object) -> object:
        nonlocal before, found
        if not isinstance(value, str):
            return convert(value)
        if value != before:
            found = convert(value)
            before = value
        return found

    return converted


def _blank(value: object) -> bool:
    """Null, or text that is empty: in JSON it clears the field."""
    return value is None or (isinstance(value, str) and not value.strip())
