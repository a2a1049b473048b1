"""Why a file is not taken."""

# A reason is read by people; foreign text in it must not fill their screen.
DETAIL_LENGTH_MAX = 300


class BadFile(ValueError):
    """A file is not an export. `code` is one word; `again` says it may only be half written."""

    def __init__(self, code: str, detail: str, *, again: bool = False) -> None:
        """`detail` is a sentence for people, cut to a readable length."""
        super().__init__(detail[:DETAIL_LENGTH_MAX])
        self.code = code
        self.again = again
