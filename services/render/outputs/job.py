"""A requested job as the engine wants it: data read, formatted and checked against their hash."""

from collections.abc import Callable
from pathlib import Path

from contracts.compositions import MissingData, field_hash, fields_of, read_data
from contracts.messages.render import RenderRequested
from services.render.outputs.engine import BadJob, EngineJob


def engine_job(
    requested: RenderRequested, folder: Path, should_stop: Callable[[], bool]
) -> EngineJob:
    """The engine's job; its files go to `folder`, which is this attempt's alone.

    Raises BadJob when the data do not fit the composition, or are not those the cue was bound to.
    """
    try:
        fields = fields_of(read_data(requested.composition, requested.data))
    except MissingData as error:
        raise BadJob(f"the data do not make a {requested.composition}: {error}") from error
    digest = field_hash(fields, {})
    if digest != requested.field_hash:
        raise BadJob(
            f"the data hash to {digest}, the request says {requested.field_hash}: "
            "cue sheet and render do not run the same version"
        )
    return EngineJob(
        composition=requested.composition,
        fields=fields,
        theme=requested.theme,
        duration_ms=requested.duration_s * 1000,
        still_path=folder / "still.png",
        movie_path=folder / "movie.mp4",
        should_stop=should_stop,
    )
