"""The tools agree: style, format and types."""

import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "--quiet"), ("ruff", "format", "--check", "--quiet"), ("mypy", "--strict")],
    ids=" ".join,
)
def test_the_tool_has_nothing_to_say(command: tuple[str, ...], root: Path) -> None:
    program, *arguments = command
    done = subprocess.run(
        [BIN / program, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
