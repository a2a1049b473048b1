"""Who may import whom: the rules hold, and each rule bites when it is broken."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

LINT = Path(sys.executable).with_name("lint-imports")

LAYERS = "Layers: deploy over services and projections over bus over contracts"
SERVICES = "Services never import each other"
PROJECTIONS = "Projections never import each other"
NATS = "Only bus speaks NATS"
CONTRACTS = "Contracts are pure"
CORES = "Cores are pure"
SERVICE = "Inside a service: one composition root, two edges, a core"
PROJECTION = "Inside a projection: one composition root, a store, a fold"
SETTINGS = "Only a composition root reads its settings"


class Violation(NamedTuple):
    """An import that must not be: in which module, of what, and the rule that says so."""

    importer: str
    imported: str
    rule: str


VIOLATIONS = (
    Violation("bus.clock", "services.render.domain", LAYERS),
    Violation("bus.retry", "projections.hands.domain", LAYERS),
    Violation("contracts.errors", "bus.clock", LAYERS),
    Violation("bus.delivery", "deploy.assets", LAYERS),
    Violation("services.render.domain", "projections.hands.domain", LAYERS),
    Violation("projections.renders.domain", "services.render.domain", LAYERS),
    Violation("services.notifier.app", "services.cuesheet.domain", SERVICES),
    Violation("projections.hands.app", "projections.renders.domain", PROJECTIONS),
    Violation("services.cuesheet.app", "nats", NATS),
    Violation("projections.hands.store", "nats", NATS),
    Violation("deploy.assets", "nats", NATS),
    Violation("contracts.codec", "asyncpg", CONTRACTS),
    Violation("contracts.formats", "asyncio", CONTRACTS),
    Violation("services.notifier.domain", "os", CORES),
    Violation("services.gfx_ingest.domain", "bus.retry", CORES),
    Violation("projections.chip_counts.domain", "time", CORES),
    Violation("services.cuesheet.domain", "services.cuesheet.outputs", SERVICE),
    Violation("services.cuesheet.inputs", "services.cuesheet.outputs", SERVICE),
    Violation("services.gfx_ingest.inputs.parse", "services.gfx_ingest.app", SERVICE),
    Violation("projections.rundown.domain", "projections.rundown.store", PROJECTION),
    Violation("projections.rundown.store", "projections.rundown.app", PROJECTION),
    Violation("services.cuesheet.inputs", "services.cuesheet.settings", SETTINGS),
    Violation("services.cuesheet.outputs", "services.cuesheet.settings", SETTINGS),
    Violation("projections.hands.store", "projections.hands.settings", SETTINGS),
    Violation("bus.clock", "services.render.settings", SETTINGS),
)
STRAYS = (("services.notifier.helpers", SERVICE), ("projections.hands.util", PROJECTION))


def lint(folder: Path) -> tuple[int, str]:
    """Exit code and report of the import rules in a folder."""
    done = subprocess.run(
        [LINT, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, modules: dict[str, Path]) -> dict[str, str]:
    """A copy of the tree with every violation at once: rule -> what the report says of it."""
    copy = tmp_path_factory.mktemp("tree")
    root = Path(__file__).parents[2]
    for place, path in modules.items():
        (copy / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy / place)
    shutil.copyfile(root / "pyproject.toml", copy / "pyproject.toml")
    for violation in VIOLATIONS:
        with module_file(copy, violation.importer).open("a") as file:
            file.write(f"\nimport {violation.imported}\n")
    for stray, _ in STRAYS:
        (copy / f"{stray.replace('.', '/')}.py").write_text('"""Belongs nowhere."""\n')
    code, report = lint(copy)
    assert code == 1, report
    parts = re.split(r"\n([^\n]+)\n-{3,}\n", report.partition("\nBroken contracts\n")[2])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def module_file(folder: Path, name: str) -> Path:
    """File of a module or package."""
    place = folder / name.replace(".", "/")
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def test_every_import_rule_holds(root: Path) -> None:
    code, report = lint(root)
    assert code == 0, report


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: f"{v.importer}->{v.imported}")
def test_a_forbidden_import_is_caught(violation: Violation, broken: dict[str, str]) -> None:
    importer, imported, rule = violation
    # A package is named where one of its modules is meant.
    line = rf"{re.escape(importer)}(\.\w+)* -> {re.escape(imported)}(\.\w+)* \(l\.\d+"
    assert re.search(line, broken.get(rule, "")), broken.get(rule)


@pytest.mark.parametrize(("stray", "rule"), STRAYS)
def test_a_module_without_a_place_is_caught(stray: str, rule: str, broken: dict[str, str]) -> None:
    assert re.search(rf"{re.escape(stray)}\b", broken[rule]), broken[rule]


def test_no_rule_is_left_untried(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    tried = {violation.rule for violation in VIOLATIONS}
    assert {rule["name"] for rule in settings["contracts"]} == tried
