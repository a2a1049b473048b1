"""A log file that cannot fill the disk."""

import asyncio
import os
from pathlib import Path

# A busy evening of one process; together with the older file twice that.
LOG_BYTES_MAX = 10 * 1024**2
CHUNK_BYTES = 64 * 1024


class LogFile:
    """Appends to a file; at the limit the file becomes `<name>.1` and a new one begins."""

    def __init__(self, path: Path, bytes_max: int = LOG_BYTES_MAX) -> None:
        self.path = path
        self._bytes_max = bytes_max
        self._file = path.open("ab")

    def write(self, chunk: bytes) -> None:
        """Append a chunk; it is in the file when this returns."""
        if 0 < self._file.tell() > self._bytes_max - len(chunk):
            self._file.close()
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            self._file = self.path.open("ab")
        self._file.write(chunk)
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


async def copy(source: int, target: LogFile) -> None:
    """Copy a pipe into a log file until everyone has closed its other end."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=CHUNK_BYTES)
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(source, "rb", buffering=0)
    )
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            target.write(chunk)
    finally:
        transport.close()
