"""Objects: files and bytes in a folder or a cloud bucket; finished files under their hash.

One interface by `obstore`: `file:///folder`, `s3://bucket/prefix`, `gs://bucket/prefix`. An object
is written whole or not at all and never changes; writing it again changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import obstore
from obstore.store import from_url

# A movie is below 3 MB; a full session of portraits below 100 MB. Larger is a mistake.
OBJECT_BYTES_MAX = 512 * 1024 * 1024
CHUNK_BYTES = 256 * 1024


class ObjectMissing(LookupError):
    """There is no object under this key."""


class ObjectInfo(msgspec.Struct, frozen=True):
    """Key and size of an object."""

    key: str
    bytes: int


class Objects:
    """One object store."""

    def __init__(self, url: str) -> None:
        """`url` names the store; a local folder is made if it does not exist."""
        if url.startswith("file://"):
            Path(url.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        self._store = from_url(url)

    async def put_file(self, path: Path, sha256: str) -> ObjectInfo:
        """Store a file under its hash and suffix. Raises ValueError when it is too large."""
        size = (await asyncio.to_thread(path.stat)).st_size
        if size > OBJECT_BYTES_MAX:
            raise ValueError(f"{path.name} has {size} bytes, the limit is {OBJECT_BYTES_MAX}")
        key = f"{sha256[:2]}/{sha256}{path.suffix}"
        await obstore.put_async(self._store, key, path)
        return ObjectInfo(key, size)

    async def put(self, key: str, data: bytes) -> ObjectInfo:
        """Store bytes under a key of the caller's. Raises ValueError when they are too large."""
        if len(data) > OBJECT_BYTES_MAX:
            raise ValueError(f"{key} has {len(data)} bytes, the limit is {OBJECT_BYTES_MAX}")
        await obstore.put_async(self._store, key, data)
        return ObjectInfo(key, len(data))

    async def info(self, key: str) -> ObjectInfo:
        """Size of an object. Raises ObjectMissing."""
        try:
            meta = await obstore.head_async(self._store, key)
        except FileNotFoundError as error:
            raise ObjectMissing(f"no object {key}") from error
        return ObjectInfo(key, meta["size"])

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` up to `end` (exclusive) of an object, in chunks."""
        while start < end:
            stop = min(start + CHUNK_BYTES, end)
            chunk = await obstore.get_range_async(self._store, key, start=start, end=stop)
            yield bytes(chunk)
            start = stop
