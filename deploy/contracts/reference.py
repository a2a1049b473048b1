"""A page of tables for people: what is said, where it is stored, who reads it, the views."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from contracts.messages import Message
from contracts.registry import COMMANDS, EVENTS, NOTICES
from contracts.streams import DURABLES, PROJECTIONS, STREAMS
from contracts.views import VIEWS
from deploy.contracts.schemas import address

PAGE = "docs/reference.md"

_HEAD = """# Reference

Written by `python -m deploy.contracts` from the code; a test compares the two. Every message has a
JSON Schema in `contracts/schemas`, which also holds the whole bus as an AsyncAPI document.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        "## Streams\n",
        _table(
            ("stream", "subjects", "retention", "when full", "share of the store", "holds"),
            (
                (s.name, _code(s.subjects), s.retention, s.discard, f"{s.share:.0%}", s.description)
                for s in STREAMS
            ),
        ),
        "## Durable consumers\n",
        _table(
            ("consumer", "stream", "filter", "for"),
            ((f"`{d.name}`", d.stream, f"`{d.filter}`", d.description) for d in DURABLES),
        ),
        "## Read models\n",
        "Readers use the schema `views` only. A projection fills `<projection>_v<version>`.\n",
        _table(
            ("projection", "version"), ((f"`{n}`", str(v)) for n, v in sorted(PROJECTIONS.items()))
        ),
        _table(
            ("view", "columns"),
            ((f"`{name}`", " ".join(columns)) for name, columns in sorted(VIEWS.items())),
        ),
        "## Events\n",
        _messages(EVENTS),
        "## Commands\n",
        _messages(COMMANDS),
        "## Notices\n",
        _messages(NOTICES),
    ]
    return "\n".join(parts)


def _messages(classes: Iterable[type[Message]]) -> str:
    ordered = sorted(classes, key=attrgetter("TYPE.text"))
    return _table(
        ("message", "subject", "says"),
        ((f"`{cls.TYPE.text}`", f"`{address(cls)}`", _first_line(cls)) for cls in ordered),
    )


def _first_line(cls: type[Message]) -> str:
    text = (cls.__doc__ or "").strip().partition("\n\n")[0]
    return " ".join(text.split())


def _code(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = [_line(row) for row in rows]
    return "".join((_line(head), f"|{'---|' * len(head)}\n", *body))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"
