"""Nothing grows without being noticed.

`ratchet.json` lists what is over an aim today, with its size. It may only shrink: a new entry or a
larger figure fails, and so does a figure that is no longer true.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

FILE_LINES = (300, 400)
# A test file is read one case at a time, and cases of one behaviour belong together.
TEST_FILE_LINES = (400, 600)
FUNCTION_LINES = (40, 70)
PARAMETERS = (5, 8)
OWN_IMPORTS = (7, 20)
BOUNDS = {
    "file": FILE_LINES,
    "test file": TEST_FILE_LINES,
    "function": FUNCTION_LINES,
    "parameters": PARAMETERS,
    "own imports": OWN_IMPORTS,
}

type Function = ast.FunctionDef | ast.AsyncFunctionDef
type Sizes = dict[str, int]


def functions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name; overloads are declarations only."""
    for node in ast.iter_child_nodes(tree):
        name = f"{inside}{getattr(node, 'name', '')}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not any(ast.unparse(mark).endswith("overload") for mark in node.decorator_list):
                yield name, node
            yield from functions(node, f"{name}.")
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{name}.")
        else:
            yield from functions(node, inside)


def parameters(node: Function) -> int:
    """Parameters a caller must know: neither `self` and `cls` nor options of a command line."""
    listed = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return sum(arg.arg not in ("self", "cls") and not is_option(arg) for arg in listed)


def is_option(arg: ast.arg) -> bool:
    """Whether a person types this parameter: nobody calls the function with all of them."""
    annotation = ast.unparse(arg.annotation) if arg.annotation else ""
    return "typer.Option" in annotation or annotation.endswith("Option")


def own_imports(tree: ast.AST, packages: tuple[str, ...]) -> int:
    """Modules of ours that a module names in its imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in packages:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return sum(name.partition(".")[0] in packages for name in found)


@pytest.fixture(scope="module")
def sizes(
    modules: dict[str, Path], test_modules: dict[str, Path], packages: tuple[str, ...]
) -> dict[str, Sizes]:
    """Every size by kind and place. Tests are held to files and functions only."""
    found: dict[str, Sizes] = {kind: {} for kind in BOUNDS}
    for place, path in (modules | test_modules).items():
        text = path.read_text()
        tree = ast.parse(text)
        kind = "file" if place in modules else "test file"
        found[kind][place] = len(text.splitlines())
        for name, node in functions(tree):
            # A nested function is part of the one around it and counted there too.
            found["function"][f"{place}: {name}"] = (node.end_lineno or 0) - node.lineno + 1
            if place in modules:
                found["parameters"][f"{place}: {name}"] = parameters(node)
        if place in modules:
            found["own imports"][place] = own_imports(tree, packages)
    return found


@pytest.mark.parametrize(("kind", "bounds"), BOUNDS.items())
def test_what_is_over_its_aim_is_listed_and_only_shrinks(
    kind: str, bounds: tuple[int, int], sizes: dict[str, Sizes], root: Path
) -> None:
    aim, hard = bounds
    over = {place: size for place, size in sizes[kind].items() if size > aim}
    assert {place: size for place, size in over.items() if size > hard} == {}
    listed = json.loads((root / "tests/architecture/ratchet.json").read_text())[kind]
    grown = {p: (listed.get(p, aim), size) for p, size in over.items() if size > listed.get(p, aim)}
    assert grown == {}, f"{kind}: split it (allowed, found)"
    shrunk = {p: over.get(p) for p, size in listed.items() if over.get(p) != size}
    assert shrunk == {}, f"{kind}: smaller now, write that into ratchet.json (None = remove)"


def test_a_function_inside_a_class_is_found_and_an_overload_is_not() -> None:
    tree = ast.parse(
        "class A:\n"
        "    @typing.overload\n    def f(self, a): ...\n"
        "    def f(self, a, *, b):\n        def inner(): ...\n"
    )
    found = dict(functions(tree))
    assert list(found) == ["A.f", "A.f.inner"]
    assert parameters(found["A.f"]) == 2


def test_imports_of_our_own_modules_are_counted_once_each() -> None:
    tree = ast.parse("import os\nfrom bus import api, run\nfrom bus.api import Bus, Draft\n")
    assert own_imports(tree, ("bus",)) == 2
