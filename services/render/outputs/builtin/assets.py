"""Where the vendored fonts and flags lie, and the one clear error when they do not.

`deploy.assets` fills the folder at set-up; nothing is ever fetched while a graphic is rendered.
"""

import os
from pathlib import Path

from services.render.outputs.engine import MissingAsset

ASSETS_VARIABLE = "RAILCAST_ASSETS"
SETUP_COMMAND = "npm ci && python -m deploy.assets"
_CHECKOUT = Path(__file__).resolve().parents[4]


def assets_dir() -> Path:
    """The vendored folder: `RAILCAST_ASSETS` if set, else `assets/vendor` of the checkout.

    The folder need not exist yet: set-up asks for it before filling it.
    """
    named = os.environ.get(ASSETS_VARIABLE)
    return Path(named) if named else _CHECKOUT / "assets" / "vendor"


def asset(relative: str) -> Path:
    """One vendored file, for example `flags/4x3/kr.svg`.

    Raises:
        MissingAsset: the file is absent; the sentence names the command that brings it.
    """
    path = assets_dir() / relative
    if not path.is_file():
        raise MissingAsset(f"{path} is missing; run `{SETUP_COMMAND}` in the checkout first")
    return path
