"""Commands that name an upload, after somebody has looked at it: what is to be stored, or why not.

Nothing is stored here. An upload is looked at only where the person does not hold the thing yet:
whoever repeats a command that was done gets its answer without the upload.
"""

from collections.abc import Mapping
from pathlib import Path

from contracts.decision import Refusal
from contracts.messages import override, override_commands
from contracts.people import storage
from contracts.people.fields import PRIVATE, VALUE_BYTES_MAX, BadValue, checked
from services.override.domain.state import KeepImage, KeepOverride, Person
from services.override.outputs.pictures import Drawn, Painter, PictureRefused
from services.override.outputs.vault import UploadMissing, UploadTooLarge, Vault

type Objects = Mapping[str, bytes | Path]


class Uploads:
    """Looks at uploads: texts here, pictures in a child process."""

    def __init__(self, vault: Vault) -> None:
        """`vault` holds the uploads."""
        self._vault = vault
        self._painter = Painter()

    async def override(
        self, asked: override_commands.SetOverride, person: Person | None
    ) -> tuple[KeepOverride, Objects]:
        """The override to decide on, and its private text under its key."""
        known = person is not None and asked.override_id in person.overrides
        if asked.upload_id is None or asked.field not in PRIVATE or known:
            return KeepOverride(asked=asked), {}
        try:
            data = await self._vault.upload(asked.upload_id, VALUE_BYTES_MAX)
            text = checked(asked.field, data.decode())
        except (UploadMissing, UploadTooLarge, UnicodeDecodeError, BadValue) as error:
            return KeepOverride(asked=asked, problem=_problem(error)), {}
        key = storage.private_key(asked.person_id, asked.upload_id)
        return KeepOverride(asked=asked, object=key), {key: text.encode()}

    async def image(
        self, asked: override_commands.AddImage, person: Person | None, folder: Path
    ) -> tuple[KeepImage, Objects]:
        """The picture to decide on, and its renditions, files in `folder`, under their keys."""
        if person is not None and asked.image_id in person.images:
            return KeepImage(asked=asked), {}
        try:
            data = await self._vault.upload(asked.upload_id, storage.UPLOAD_BYTES_MAX)
            drawn = await self._painter.draw(data, folder)
        except PictureRefused as error:
            return KeepImage(asked=asked, problem=error.refusal), {}
        except (UploadMissing, UploadTooLarge) as error:
            return KeepImage(asked=asked, problem=_problem(error)), {}
        return _named(asked, drawn)


def _named(asked: override_commands.AddImage, drawn: Drawn) -> tuple[KeepImage, Objects]:
    keys = {
        file.use: storage.image_key(asked.person_id, file.sha256, file.path.suffix[1:])
        for file in drawn.files
    }
    renditions = tuple(
        override.Rendition(
            use=file.use,
            object=keys[file.use],
            sha256=file.sha256,
            media_type=file.media_type,
            bytes=file.bytes,
            width=file.width,
            height=file.height,
        )
        for file in drawn.files
    )
    objects = {keys[file.use]: file.path for file in drawn.files}
    return KeepImage(asked=asked, source=drawn.source, renditions=renditions), objects


def _problem(error: Exception) -> Refusal:
    match error:
        case UploadMissing():
            return Refusal(code="not_found", reason="upload_not_found", message=str(error))
        case UploadTooLarge():
            return Refusal(code="invalid", reason="too_many_bytes", message=str(error))
        case UnicodeDecodeError():
            message = "the upload is no UTF-8 text"
            return Refusal(code="invalid", reason="bad_value", message=message)
        case _:
            return Refusal(code="invalid", reason="bad_value", message=str(error))
