"""Every service and every projection has the same files, and the catalogues know all of them."""

import ast
import tomllib
from pathlib import Path

import pytest

from bus.checkpoint import VIEWS_START
from contracts.registry import COMMANDS, EVENTS
from contracts.streams import COMMAND_SERVICES, DURABLES, PROJECTIONS
from deploy.nats.permissions import SERVICES as BUS_SERVICES

ROOT = Path(__file__).parents[2]
# A file that outgrows its limit becomes a package of the same name.
SERVICE_NEEDS = {"__init__", "__main__", "app", "domain", "settings"}
SERVICE_MAY = {"inputs", "outputs"}
PROJECTION_FILES = {
    "__init__.py",
    "__main__.py",
    "app.py",
    "domain.py",
    "settings.py",
    "store.py",
    "table.sql",
}
# Reads views and sends commands for people; it decides nothing, so it has files of its own.
GATEWAY = "gateway"


def folders(package: str) -> list[Path]:
    """The parts of a package that hold code."""
    found = (ROOT / package).iterdir()
    return sorted(path for path in found if path.is_dir() and any(path.glob("*.py")))


def names(folder: Path) -> set[str]:
    """Files and folders that are part of the repository."""
    return {path.name for path in folder.iterdir() if path.name != "__pycache__"}


SERVICES = [folder for folder in folders("services") if folder.name != GATEWAY]


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.name)
def test_a_service_has_the_files_of_every_service(folder: Path) -> None:
    stems = {name.removesuffix(".py") for name in names(folder)}
    assert SERVICE_NEEDS - stems == set()
    assert stems - SERVICE_NEEDS - SERVICE_MAY == set()


@pytest.mark.parametrize("folder", folders("projections"), ids=lambda folder: folder.name)
def test_a_projection_has_the_files_of_every_projection(folder: Path) -> None:
    found = {"domain.py" if name == "domain" else name for name in names(folder)}
    assert found == PROJECTION_FILES


@pytest.mark.parametrize("folder", folders("projections"), ids=lambda folder: folder.name)
def test_what_a_projection_shows_can_be_shown_again(folder: Path) -> None:
    """Whatever stands behind the first published view is run anew when the views switch back."""
    shown = (folder / "table.sql").read_text().partition(VIEWS_START)[2]
    assert [line for line in shown.splitlines() if line.startswith("create ")] == [
        line for line in shown.splitlines() if line.startswith(VIEWS_START)
    ]


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.name)
def test_a_service_says_what_it_hears_says_and_owns(folder: Path) -> None:
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    assert {"Listens to:", "Says:", "Owns:"} <= {
        f"{line.partition(':')[0]}:" for line in text.splitlines()
    }


def test_every_projection_of_the_catalogue_has_its_folder() -> None:
    assert {folder.name for folder in folders("projections")} == set(PROJECTIONS)


def test_every_service_has_its_rights_on_the_bus() -> None:
    hyphenated = {folder.name.replace("_", "-") for folder in SERVICES}
    assert {service.name for service in BUS_SERVICES} == hyphenated | {GATEWAY}


def test_every_context_has_exactly_one_service_that_says_its_events() -> None:
    said = [context for service in BUS_SERVICES for context in service.contexts]
    assert sorted(said) == sorted({cls.TYPE.owner for cls in EVENTS})


def test_every_command_has_a_service_and_every_durable_consumer_an_owner() -> None:
    assert {cls.TYPE.owner for cls in COMMANDS} == set(COMMAND_SERVICES)
    known = {service.name for service in BUS_SERVICES}
    for durable in DURABLES:
        assert any(durable.name == s or durable.name.startswith(f"{s}-") for s in known)


def test_the_import_rules_name_every_service() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    inside = next(rule for rule in rules["contracts"] if rule["name"].startswith("Inside a serv"))
    assert inside["containers"] == [f"services.{folder.name}" for folder in SERVICES]


def test_no_two_test_files_share_a_name(test_modules: dict[str, Path]) -> None:
    seen = [path.name for path in test_modules.values() if path.name.startswith("test_")]
    assert sorted(seen) == sorted(set(seen))
