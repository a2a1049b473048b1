"""Why a file, or a value in it, is not taken."""

import json
from decimal import Decimal

from contracts.messages.wsop import Kind

# A reason is read by people; foreign text in it must not fill their screen.
SENTENCE_LENGTH_MAX = 300
# Of a wrong value this much is shown.
SHOWN_LENGTH_MAX = 60


class BadFile(ValueError):
    """A content is not one of the files. `code` is one word, `position` where it breaks, or empty.

    `again`: it may only be half written. `kind` is what it is, where that was recognised.
    """

    kind: Kind | None = None

    def __init__(
        self, code: str, sentence: str, position: str = "", *, again: bool = False
    ) -> None:
        """`sentence` is for people, cut to a readable length."""
        super().__init__(_cut(sentence, SENTENCE_LENGTH_MAX))
        self.code = code
        self.position = position
        self.again = again


class BadValue(ValueError):
    """A value does not fit its field. `code` is one word, `field` the column or empty."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        """`sentence` is for people, cut to a readable length."""
        super().__init__(_cut(sentence, SENTENCE_LENGTH_MAX))
        self.code = code
        self.field = field


def shown(value: object, length_max: int = SHOWN_LENGTH_MAX) -> str:
    """A value as people may read it: as JSON writes it, on one line, and not too long."""
    if isinstance(value, str):
        short = _cut(value, length_max)
        return f'"{short}"' if short.isprintable() else json.dumps(short)
    exact = isinstance(value, Decimal)
    text = str(value) if exact else json.dumps(value, default=float, ensure_ascii=False)
    short = _cut(text, length_max)
    return short if short.isprintable() else json.dumps(short)[1:-1]


def _cut(text: str, length_max: int) -> str:
    return text if len(text) <= length_max else text[: length_max - 1] + "…"
