"""What the pages say of the code is what the code says."""

import importlib
import re
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from bus import metrics
from contracts.registry import BY_TYPE
from contracts.streams import DURABLES, PROJECTIONS, STREAMS
from contracts.views import VIEWS
from deploy.contracts import reference

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def table(page: str, first: str) -> list[list[str]]:
    """Rows of the one table whose first column has this name; cells without back-ticks."""
    lines = (ROOT / page).read_text().splitlines()
    starts = [
        number
        for number, line in enumerate(lines[:-1])
        if line.startswith(f"| {first} |") and lines[number + 1].startswith("|---")
    ]
    assert len(starts) == 1, f"{page} has {len(starts)} tables that begin with {first!r}"
    rows = []
    for line in lines[starts[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return rows


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def test_every_link_inside_the_repository_leads_somewhere(documents: dict[str, Path]) -> None:
    broken = set()
    for place, page in documents.items():
        for target in _LINK.findall(page.read_text()):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            found = (page.parent / path).resolve() if path else page
            if not found.exists() or (anchor and anchor not in anchors(found)):
                broken.add(f"{place}: {target}")
    assert broken == set()


def test_every_page_is_reached_from_the_index(documents: dict[str, Path]) -> None:
    reached, open_ = set(), [ROOT / "README.md"]
    while open_:
        page = open_.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in _LINK.findall(page.read_text()):
            found = (page.parent / target.partition("#")[0]).resolve()
            if found.suffix == ".md" and found.exists():
                open_.append(found)
    lonely = {place for place, page in documents.items() if page not in reached}
    assert lonely - {"CHANGELOG.md"} == set()


def test_the_reference_page_is_what_the_code_says() -> None:
    assert (ROOT / reference.PAGE).read_text() == reference.page(), (
        "run `python -m deploy.contracts`"
    )


def test_the_reference_page_names_every_message_stream_consumer_and_view() -> None:
    words = set(re.findall(r"`([^`]+)`", reference.page()))
    streams = {row[0] for row in table(reference.PAGE, "stream")}
    assert streams == {stream.name for stream in STREAMS}
    assert {*BY_TYPE, *VIEWS, *PROJECTIONS, *(durable.name for durable in DURABLES)} <= words


@pytest.mark.parametrize("row", table("docs/architecture.md", "limit"), ids=lambda row: row[2])
def test_a_limit_in_the_table_is_the_constant_it_names(row: list[str]) -> None:
    _, value, name = row
    module, _, constant = name.rpartition(".")
    assert float(value) == getattr(importlib.import_module(module), constant)


def test_the_table_of_metrics_is_what_the_bus_declares() -> None:
    declared = {
        (metric._name, metric._type, ", ".join(metric._labelnames) or "-")
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    }
    assert {(row[0], row[1], row[2]) for row in table("docs/metrics.md", "name")} == declared


def test_metrics_are_declared_in_one_place_only(modules: dict[str, Path]) -> None:
    users = {
        place
        for place, path in modules.items()
        if re.search(r"from prometheus_client import .*(Counter|Gauge|Histogram)", path.read_text())
    }
    assert users == {"bus/metrics.py"}


def test_every_file_of_ours_that_a_page_names_exists(documents: dict[str, Path]) -> None:
    named = re.compile(r"`((?:bus|contracts|services|projections|deploy|tests|docs)/[\w./-]+)`")
    missing = {
        f"{place}: {path}"
        for place, page in documents.items()
        for path in named.findall(page.read_text())
        if not (ROOT / path).exists()
    }
    assert missing == set()


def test_every_decision_is_in_the_index_with_its_title() -> None:
    pages = {path.name: path for path in (ROOT / "docs/adr").glob("0*.md")}
    rows = table("docs/adr/README.md", "number")
    assert {re.sub(r".*\((.+)\)", r"\1", row[0]) for row in rows} == set(pages)
    for number, title, status in rows:
        text = pages[re.sub(r".*\((.+)\)", r"\1", number)].read_text()
        assert text.startswith(f"# {number[1:5]}: {title}\n")
        assert f"| Status | {status} |" in text
        for part in ("Context", "Decision", "Consequences"):
            assert f"\n## {part}\n" in text
