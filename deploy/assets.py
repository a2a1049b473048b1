"""Copy third-party fonts, flags and scripts from `node_modules` into the git-ignored assets.

Run `npm ci && python -m deploy.assets` at set-up. The versions are pinned by `package-lock.json`;
a manifest with every file's SHA-256 is written last, so its presence means a complete copy.
Running it again copies only what differs and removes what no longer belongs.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import msgspec

from services.render.outputs.builtin.assets import assets_dir

NODE_MODULES = Path(__file__).resolve().parents[1] / "node_modules"
MANIFEST = "manifest.json"


class Source(msgspec.Struct, frozen=True):
    """Files of one npm package: `pattern` below the package, copied flat into `target`."""

    package: str
    pattern: str
    target: str


_PRETENDARD = "pretendard"
_FALLBACKS = ("noto-sans-kr", "noto-sans")
_WEB = "dist/web/variable"

SOURCES = (
    # On-air text: the five weights of the house style.
    *(
        Source(_PRETENDARD, f"dist/public/static/Pretendard-{weight}.otf", "fonts/pretendard")
        for weight in ("Regular", "Medium", "SemiBold", "Bold", "ExtraBold")
    ),
    Source(_PRETENDARD, "dist/LICENSE.txt", "fonts/pretendard"),
    # Pages: one whole file, or the subsets a browser picks by itself.
    Source(_PRETENDARD, f"{_WEB}/pretendardvariable*.css", "fonts/pretendard/web"),
    Source(_PRETENDARD, f"{_WEB}/woff2/*.woff2", "fonts/pretendard/web/woff2"),
    Source(
        _PRETENDARD,
        f"{_WEB}/woff2-dynamic-subset/*.woff2",
        "fonts/pretendard/web/woff2-dynamic-subset",
    ),
    # Characters Pretendard lacks (Hanja, rarer scripts): two weights are enough for a fallback.
    *(
        Source(f"@expo-google-fonts/{family}", pattern, f"fonts/{family}")
        for family in _FALLBACKS
        for pattern in ("500Medium/*.ttf", "700Bold/*.ttf", "LICENSE_FONT")
    ),
    Source("flag-icons", "flags/4x3/*.svg", "flags/4x3"),
    Source("flag-icons", "LICENSE", "flags"),
    Source("htmx.org", "dist/htmx.min.js", "js/htmx"),
    Source("htmx.org", "LICENSE", "js/htmx"),
    Source("htmx-ext-sse", "dist/sse.min.js", "js/htmx-ext-sse"),
    Source("htmx-ext-sse", "LICENSE", "js/htmx-ext-sse"),
)


class AssetsIncomplete(Exception):
    """A package is absent or does not hold the files it should."""


def wanted(node_modules: Path) -> dict[str, Path]:
    """Every file to copy: path below the assets folder -> its source.

    Raises:
        AssetsIncomplete: a pattern matches nothing, which means `npm ci` did not run.
    """
    files: dict[str, Path] = {}
    for source in SOURCES:
        found = sorted((node_modules / source.package).glob(source.pattern))
        if not found:
            raise AssetsIncomplete(
                f"{source.package}/{source.pattern} is not in {node_modules}; run `npm ci` first"
            )
        files.update((f"{source.target}/{path.name}", path) for path in found)
    return files


def copy_assets(node_modules: Path, target: Path) -> int:
    """Make `target` hold exactly the wanted files and the manifest; returns how many were copied.

    Raises:
        AssetsIncomplete: see `wanted`.
        OSError: the folder cannot be written.
    """
    files = wanted(node_modules)
    manifest: dict[str, str] = {}
    copied = 0
    for relative, source in files.items():
        manifest[relative] = digest = hashlib.sha256(source.read_bytes()).hexdigest()
        copied += _copy(source, target / relative, digest)
    for stray in target.rglob("*"):
        name = stray.relative_to(target).as_posix()
        if stray.is_file() and name not in files and name != MANIFEST:
            stray.unlink()
    _replace_text(target / MANIFEST, _manifest_text(node_modules, manifest))
    return copied


def _copy(source: Path, target: Path, digest: str) -> bool:
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    # Other programs may read the folder meanwhile: a file is replaced whole.
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)
    return True


def _replace_text(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _manifest_text(node_modules: Path, files: dict[str, str]) -> str:
    packages = {
        package: json.loads((node_modules / package / "package.json").read_bytes())["version"]
        for package in sorted({source.package for source in SOURCES})
    }
    return json.dumps({"packages": packages, "files": files}, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Copy everything; the exit code is 1 with a sentence on stderr when a package is absent."""
    target = assets_dir()
    try:
        copied = copy_assets(NODE_MODULES, target)
    except AssetsIncomplete as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{target}: complete, {copied} files copied\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
