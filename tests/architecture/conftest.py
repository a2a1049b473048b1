"""The repository as data: its folders, its modules, its documents."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "bus", "services", "projections", "deploy")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def packages() -> tuple[str, ...]:
    """The top-level packages, lowest layer first."""
    return PACKAGES


@pytest.fixture(scope="session")
def modules() -> dict[str, Path]:
    """Every module of ours by its path below the top folder."""
    return {
        path.relative_to(ROOT).as_posix(): path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


@pytest.fixture(scope="session")
def test_modules() -> dict[str, Path]:
    """Every module of the tests by its path below the top folder."""
    found = sorted((ROOT / "tests").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path for path in found}


@pytest.fixture(scope="session")
def documents() -> dict[str, Path]:
    """Every Markdown page by its path below the top folder."""
    pages = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    return {path.relative_to(ROOT).as_posix(): path for path in pages}
