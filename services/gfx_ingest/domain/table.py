"""What is said about a table: the files that are no exports."""

from collections.abc import Sequence

import msgspec

from contracts.messages import Event
from contracts.messages.gfx import FileRejected, FileSource


class RejectFile(msgspec.Struct, frozen=True, kw_only=True):
    """Say that a file cannot be read as an export."""

    table: str
    source: FileSource
    bytes: int
    code: str
    detail: str


class Table(msgspec.Struct):
    """Files rejected at one table, as (path, SHA-256, code)."""

    rejected: set[tuple[str, str, str]] = set()


def reject(command: RejectFile, state: Table) -> Sequence[Event]:
    if (command.source.path, command.source.sha256, command.code) in state.rejected:
        return ()
    return (FileRejected(**msgspec.structs.asdict(command)),)
