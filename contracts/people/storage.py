"""Where the objects of people lie in the object store.

| key | is | goes |
|---|---|---|
| `uploads/<upload id>` | bytes as somebody sent them, believed by nobody | a day later |
| `people/<person>/private/<upload id>` | the checked text of a private field | with an erasure |
| `people/<person>/images/<sha256>.<suffix>` | one rendition of a picture | with an erasure |

Everything of one person has one prefix, so that an erasure misses nothing, whatever was left over
by a crash; two people never share an object.
"""

from contracts import subjects

UPLOADS = "uploads/"
# Bytes of one; a portrait of any camera, saved for the web, is below.
UPLOAD_BYTES_MAX = 5 * 1024 * 1024


def upload_key(upload_id: str) -> str:
    """Key of an upload."""
    return f"{UPLOADS}{subjects.token(upload_id)}"


def person_prefix(person_id: str) -> str:
    """What every key of a person begins with."""
    return f"people/{subjects.token(person_id)}/"


def private_key(person_id: str, upload_id: str) -> str:
    """Key of a private field's text.

    Not its hash: a birth date could be found from that by trying all of them.
    """
    return f"{person_prefix(person_id)}private/{subjects.token(upload_id)}"


def image_key(person_id: str, sha256: str, suffix: str) -> str:
    """Key of a picture by the hash (hex) of its content; `suffix` without a dot."""
    return f"{person_prefix(person_id)}images/{sha256}.{suffix}"
