"""Private texts of people, which lie in objects so that they can be erased."""

from bus.objects import ObjectMissing, Objects
from contracts.people.fields import VALUE_BYTES_MAX


async def kept_text(objects: Objects, key: str | None) -> str | None:
    """A private text; None where there is none, or where it was erased."""
    if key is None:
        return None
    try:
        size = min((await objects.info(key)).bytes, VALUE_BYTES_MAX)
        return b"".join([part async for part in objects.read(key, 0, size)]).decode()
    except ObjectMissing:
        return None
