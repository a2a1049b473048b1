"""Why a file, or a value in it, is not taken."""

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
        super().__init__(sentence[:SENTENCE_LENGTH_MAX])
        self.code = code
        self.position = position
        self.again = again


class BadValue(ValueError):
    """A value does not fit its field. `code` is one word."""

    def __init__(self, code: str, sentence: str) -> None:
        """`sentence` is for people, cut to a readable length."""
        super().__init__(sentence[:SENTENCE_LENGTH_MAX])
        self.code = code


def shown(value: object) -> str:
    """A value as people may read it: on one line, quoted, and not too long."""
    text = str(value)
    short = text if len(text) <= SHOWN_LENGTH_MAX else text[:SHOWN_LENGTH_MAX] + "…"
    return f'"{short}"' if short.isprintable() else ascii(short)
