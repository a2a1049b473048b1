"""Which layout a content has: by its columns, its JSON keys, never by its name."""

from collections.abc import Sequence

from contracts.messages.wsop import Kind
from services.wsop_import.inputs.errors import BadFile, shown
from services.wsop_import.inputs.forms import Form
from services.wsop_import.inputs.layouts import EVENTS, PLAYERS, STANDINGS
from services.wsop_import.inputs.older import FORMS, SCHEDULE

# The order in which files of one scan are taken in: what names things before what mentions them.
KIND_ORDER: Sequence[Kind] = ("events", "players", "chip_counts", "standings")
# What other programs put between columns.
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# Of columns that nobody knows this much is shown: the sentence has no more room.
COLUMNS_LENGTH_MAX = 200
# In place of the first element of an empty list.
NOTHING = object()


def recognise_columns(columns: Sequence[str]) -> Form:
    """The layout of a CSV header. Raises BadFile that names what is missing, or what was read."""
    have = set(columns)
    known = [form for form in FORMS if not form.lacks & have]
    fitting = [form for form in known if form.required <= have]
    if len(fitting) > 1:
        names = " and ".join(form.layout for form in fitting)
        raise BadFile("unknown_kind", f"the columns are those of {names}", "line 1")
    if fitting:
        return _with_people(fitting[0], have)
    if have >= SCHEDULE:
        raise BadFile(
            "not_imported", "a broadcast schedule is kept with the sessions, not imported", "line 1"
        )
    marked = [form for form in known if form.marks <= have]
    near = marked if len(marked) == 1 else sorted(known, key=lambda form: _share(form, have))[-1:]
    if not near or _share(near[0], have) < 0.5:
        raise _unknown(columns)
    missing = ", ".join(sorted(near[0].required - have))
    raise _missing(near[0], f"the columns are those of {near[0].layout}, without {missing}")


def _unknown(columns: Sequence[str]) -> BadFile:
    """Commas are all that separates columns; other separators make one long name of them."""
    read = ", ".join(columns)
    others = [word for sign, word in SEPARATORS.items() if sign in read]
    commas = f"; they are separated by {others[0]}, commas are expected" if others else ""
    sentence = f"the columns are those of no known file{commas}: {shown(read, COLUMNS_LENGTH_MAX)}"
    return BadFile("unknown_kind", sentence, "line 1")


def _missing(form: Form, sentence: str) -> BadFile:
    error = BadFile("missing_header", sentence, "line 1")
    error.kind = form.kind
    return error


def _share(form: Form, have: set[str]) -> float:
    return len(form.required & have) / len(form.required)


def _with_people(form: Form, have: set[str]) -> Form:
    if form is STANDINGS and not have & {"wsop_player_id", "player_name"}:
        raise _missing(form, "neither wsop_player_id nor player_name is a column")
    return form


def recognise_element(element: object) -> Form:
    """The layout of a bare JSON list by its first element, NOTHING of an empty one. Raises
    BadFile.
    """
    if element is NOTHING:
        raise BadFile("unknown_kind", "the list is empty: it has neither events nor players")
    if isinstance(element, dict):
        fitting = [form for form in (EVENTS, PLAYERS) if form.required <= element.keys()]
        near = fitting or [
            form for form in (EVENTS, PLAYERS) if next(iter(form.columns)) in element
        ]
        if len(near) == 1:
            return near[0]
    raise BadFile("unknown_kind", "the first entry of the list is neither event nor player", "/0")


def order_of(head: bytes) -> int:
    """Where a content comes in the order of one scan, by its first bytes; unknown ones last."""
    text = head.decode("utf-8-sig", "ignore").lstrip()
    if text[:1] in ("{", "["):
        words = {"event_id": "events", "wsop_player_id": "players"}
        found = {text.find(f'"{word}"'): kind for word, kind in words.items()}
        first = min((place for place in found if place >= 0), default=-1)
        return KIND_ORDER.index(found[first]) if first >= 0 else len(KIND_ORDER)
    columns = [cell.strip().strip('"').lower() for cell in text.partition("\n")[0].split(",")]
    try:
        return KIND_ORDER.index(recognise_columns(columns).kind)
    except BadFile:
        return len(KIND_ORDER)
