"""The built-in engine's files: proved, whole, the same run to run, and none after a failure."""

import threading
from collections.abc import Callable
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest

from contracts.compositions import leaderboard_fields
from deploy.assets import SOURCES, AssetsIncomplete, copy_assets
from services.render.outputs.builtin.assets import ASSETS_VARIABLE, SETUP_COMMAND, assets_dir
from services.render.outputs.builtin.engine import BuiltinEngine
from services.render.outputs.builtin.movie import Clip, verify_movie
from services.render.outputs.builtin.png import encode_png, verify_png
from services.render.outputs.engine import (
    DURATION_MS_MIN,
    BadJob,
    EncodeFailed,
    Engine,
    EngineJob,
    EngineResult,
    MissingAsset,
    RenderStopped,
    never,
)
from tests.support.leaderboards import table

pytestmark = pytest.mark.skipif(
    not (assets_dir() / "manifest.json").is_file(),
    reason="fonts and flags are not vendored; run `npm ci && python -m deploy.assets`",
)

FRAMES = DURATION_MS_MIN * 30 // 1000

type Rendered = tuple[EngineResult, list[tuple[int, int]]]


def _ignore(done: int, total: int) -> None:
    """Progress that nobody watches."""


def _job(folder: Path, should_stop: Callable[[], bool] = never) -> EngineJob:
    return EngineJob(
        composition="table_leaderboard",
        fields=leaderboard_fields(table()),
        duration_ms=DURATION_MS_MIN,
        still_path=folder / "out.png",
        movie_path=folder / "out.mp4",
        should_stop=should_stop,
    )


@pytest.fixture(scope="module")
def rendered(
    tmp_path_factory: pytest.TempPathFactory,
) -> Rendered:
    """One finished job and the progress it told."""
    told: list[tuple[int, int]] = []
    engine: Engine = BuiltinEngine()
    folder = tmp_path_factory.mktemp("rendered")
    return engine.render(_job(folder), lambda *step: told.append(step)), told


def test_both_files_decode_to_what_was_promised(
    rendered: Rendered,
) -> None:
    result, told = rendered
    assert (result.width, result.height, result.fps, result.frames) == (1920, 1080, 30, FRAMES)
    assert result.frames_drawn < FRAMES
    assert told == [(done, FRAMES) for done in range(1, FRAMES + 1)]
    with av.open(str(result.movie.path)) as movie:
        frames = [frame.to_ndarray(format="rgb24")[::8, ::8] for frame in movie.decode(video=0)]
    assert len(frames) == FRAMES
    assert frames[0].max() <= 2
    assert frames[-1].max() <= 2
    with av.open(str(result.still.path)) as still:
        picture = next(still.decode(video=0)).to_ndarray(format="rgba")[::8, ::8].astype(float)
    over_black = picture[:, :, :3] * picture[:, :, 3:] / 255
    assert np.abs(over_black - frames[FRAMES // 2]).mean() < 2
    assert {path.name for path in result.still.path.parent.iterdir()} == {"out.png", "out.mp4"}


def test_the_same_job_gives_the_same_bytes(rendered: Rendered, tmp_path: Path) -> None:
    again = BuiltinEngine().render(_job(tmp_path), _ignore)
    assert (again.still.sha256, again.movie.sha256) == (
        rendered[0].still.sha256,
        rendered[0].movie.sha256,
    )


def test_a_stopped_job_leaves_nothing(tmp_path: Path) -> None:
    stop = threading.Event()

    def progress(done: int, total: int) -> None:
        if done == 3:
            stop.set()

    with pytest.raises(RenderStopped):
        BuiltinEngine().render(_job(tmp_path, stop.is_set), progress)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_an_encode_failure(tmp_path: Path) -> None:
    with pytest.raises(EncodeFailed, match="absent"):
        BuiltinEngine().render(_job(tmp_path / "absent"), _ignore)


@pytest.mark.parametrize(
    "change", [{"composition": "unknown"}, {"theme": "sepia"}, {"duration_ms": 10}]
)
def test_a_job_that_the_engine_does_not_offer_is_refused(
    tmp_path: Path, change: dict[str, str | int]
) -> None:
    job = msgspec.structs.replace(_job(tmp_path), **change)
    with pytest.raises(BadJob):
        BuiltinEngine().render(job, _ignore)
    assert list(tmp_path.iterdir()) == []


def test_absent_assets_name_the_set_up_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ASSETS_VARIABLE, str(tmp_path))
    with pytest.raises(MissingAsset, match=SETUP_COMMAND):
        BuiltinEngine()


def test_a_still_that_reads_back_differently_is_refused(tmp_path: Path) -> None:
    pixels = np.arange(4 * 6 * 4, dtype=np.uint8).reshape(4, 6, 4)
    path = tmp_path / "still.png"
    path.write_bytes(encode_png(pixels))
    verify_png(path, pixels)
    with pytest.raises(EncodeFailed, match="picture that was drawn"):
        verify_png(path, pixels + 1)
    path.write_bytes(encode_png(pixels)[:40])
    with pytest.raises(EncodeFailed, match="does not decode"):
        verify_png(path, pixels)


def test_a_movie_with_a_wrong_count_or_a_torn_end_is_refused(
    rendered: Rendered, tmp_path: Path
) -> None:
    clip = Clip(frames=FRAMES + 1, state_at=lambda index: None, width=1920, height=1080, fps=30)
    with pytest.raises(EncodeFailed, match=f"holds {FRAMES} frames"):
        verify_movie(rendered[0].movie.path, clip)
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(rendered[0].movie.path.read_bytes()[:-20_000])
    with pytest.raises(EncodeFailed):
        verify_movie(torn, msgspec.structs.replace(clip, frames=FRAMES))


def _packages(root: Path) -> Path:
    """A `node_modules` with one small file for every pattern."""
    for index, source in enumerate(SOURCES):
        file = root / source.package / source.pattern.replace("*", f"some{index}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.pattern)
        (root / source.package / "package.json").write_text('{"version": "1.0.0"}')
    return root


def test_assets_are_copied_once_and_strays_removed(tmp_path: Path) -> None:
    packages, target = _packages(tmp_path / "node_modules"), tmp_path / "vendor"
    assert copy_assets(packages, target) == len(SOURCES)
    manifest = (target / "manifest.json").read_bytes()
    stray = target / "fonts" / "old.ttf"
    stray.write_text("left by an earlier version")
    assert copy_assets(packages, target) == 0
    assert not stray.exists()
    assert (target / "manifest.json").read_bytes() == manifest
    (target / "flags" / "LICENSE").write_text("torn")
    assert copy_assets(packages, target) == 1


def test_an_absent_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetsIncomplete, match="npm ci"):
        copy_assets(tmp_path, tmp_path / "vendor")
