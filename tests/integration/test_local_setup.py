"""The set-up script, run in an empty checkout where every tool it calls only notes the call."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path("deploy/setup/setup.sh")
REPOSITORY = Path(__file__).parents[2]
# What it needs from any machine.
UTILITIES = ("sh", "cat", "cksum", "mkdir", "dirname", "uname", "grep", "rm", "cp", "chmod")

UV = """
[ "$1" = --version ] && { echo "uv 0.13.9 (test)"; exit; }
echo "uv $*" >> calls
mkdir -p .venv/bin
: > .venv/bin/railcast
printf '#!/bin/sh\\necho assets >> calls; mkdir -p assets/vendor; : > %s\\n' \\
    assets/vendor/manifest.json > .venv/bin/python
printf '#!/bin/sh\\n[ "$1" = --version ] || echo "npm of the wheel" >> calls\\n' > .venv/bin/npm
chmod +x .venv/bin/python .venv/bin/npm
"""


class Checkout:
    """An empty checkout and the PATH of a machine on which a test decides what is installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bin = root / "machine"
        self.bin.mkdir()
        for name in UTILITIES:
            (self.bin / name).symlink_to(shutil.which(name) or "/missing")
        for file in (SCRIPT, Path("deploy/assets.py")):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / file, root / file)
        for lock in ("uv.lock", "pyproject.toml", "package-lock.json"):
            (root / lock).write_text("first")
        self.install("uv", UV)
        self.install("npm", '[ "$1" = --version ] || echo "npm of the machine" >> calls')
        self.install("node", "echo 22")
        self.install("chromium", "exit 0")
        self.install("python3.13", f'exec {sys.executable} "$@"')

    def install(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def set_up(self) -> list[str]:
        """Run it; returns the calls it made, the folder of the checkout left out."""
        calls = self.root / "calls"
        calls.unlink(missing_ok=True)
        environment = {"PATH": str(self.bin), "HOME": str(self.root)}
        subprocess.run(["sh", str(SCRIPT)], cwd=self.root, env=environment, check=True)
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_run_makes_everything_and_the_second_calls_nothing(checkout: Checkout):
    first = checkout.set_up()
    assert [call.split()[0] for call in first] == ["uv", "npm", "assets"]
    assert "sync --quiet --frozen --python" in first[0]
    assert checkout.set_up() == []


def test_a_changed_lock_file_repeats_its_own_step_only(checkout: Checkout):
    checkout.set_up()
    (checkout.root / "package-lock.json").write_text("second")
    assert checkout.set_up() == ["npm of the machine", "assets"]
    (checkout.root / "uv.lock").write_text("second")
    assert [call.split()[0] for call in checkout.set_up()] == ["uv"]


def test_a_result_that_was_removed_is_made_again(checkout: Checkout):
    checkout.set_up()
    shutil.rmtree(checkout.root / "assets")
    assert checkout.set_up() == ["npm of the machine", "assets"]


def test_a_shim_that_answers_nothing_is_passed_over(checkout: Checkout):
    checkout.install("python3.13", "exit 127")
    checkout.install("python3.12", f'exec {sys.executable} "$@"')
    [sync, *_] = checkout.set_up()
    chosen = sync.partition("--python ")[2]
    assert os.access(chosen, os.X_OK)
    assert not Path(chosen).is_relative_to(checkout.bin)


def test_an_old_node_gives_way_to_the_one_of_the_wheel(checkout: Checkout):
    checkout.install("node", "echo 16")
    assert checkout.set_up()[1:] == ["npm of the wheel", "assets"]


def test_a_step_that_fails_is_not_taken_for_done(checkout: Checkout):
    checkout.install("npm", '[ "$1" = --version ] || exit 1')
    with pytest.raises(subprocess.CalledProcessError):
        checkout.set_up()
    checkout.install("npm", '[ "$1" = --version ] || echo "npm of the machine" >> calls')
    assert checkout.set_up() == ["npm of the machine", "assets"]
