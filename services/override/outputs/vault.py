"""The objects of people: uploads, private fields, pictures. Unlike all others they can be deleted.

Keys are spelled in `contracts.people.storage`. Every method raises Unavailable when the store does
not do what is asked.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from bus.errors import Unavailable
from contracts.people import storage


class UploadMissing(LookupError):
    """There is no such upload; it was never stored, or was swept away."""


class UploadTooLarge(ValueError):
    """An upload has more bytes than its kind may have."""


class Vault:
    """The part of an object store that holds what belongs to people."""

    def __init__(self, url: str) -> None:
        """`url` as in `bus.objects`; a local folder is made if it does not exist."""
        if url.startswith("file://"):
            Path(url.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        self._store = from_url(url)

    async def upload(self, upload_id: str, bytes_max: int) -> bytes:
        """Bytes of an upload. Raises UploadMissing, or UploadTooLarge before reading it."""
        key = storage.upload_key(upload_id)
        with _answering():
            try:
                size = (await obstore.head_async(self._store, key))["size"]
                if size > bytes_max:
                    raise UploadTooLarge(f"the upload has {size} bytes, {bytes_max} are possible")
                found = await obstore.get_async(self._store, key)
                return bytes(await found.bytes_async())
            except FileNotFoundError as error:
                raise UploadMissing(f"there is no upload {upload_id}; store it again") from error

    async def write(self, key: str, content: bytes | Path) -> None:
        """Store an object, whole or not at all; storing it again changes nothing."""
        with _answering():
            await obstore.put_async(self._store, key, content)

    async def drop_upload(self, upload_id: str) -> None:
        """Delete an upload that is no longer needed."""
        await self._delete(storage.upload_key(upload_id))

    async def erase(self, person_id: str, keep: Collection[str]) -> int:
        """Delete everything of a person but the named keys; returns how many objects."""
        gone = 0
        with _answering():
            async for batch in obstore.list(self._store, storage.person_prefix(person_id)):
                for meta in batch:
                    if meta["path"] not in keep:
                        await self._delete(meta["path"])
                        gone += 1
        return gone

    async def sweep(self, before: datetime) -> int:
        """Delete uploads last written before a moment; returns how many."""
        gone = 0
        with _answering():
            async for batch in obstore.list(self._store, storage.UPLOADS):
                for meta in batch:
                    if meta["last_modified"] < before:
                        await self._delete(meta["path"])
                        gone += 1
        return gone

    async def _delete(self, key: str) -> None:
        # Another instance may be faster.
        with _answering(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable(f"the object store does not answer: {error}") from error
