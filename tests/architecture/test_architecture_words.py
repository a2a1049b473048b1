"""One word per thing: names in our code use the words of the glossary."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

# Another word for a thing that has one -> the word of docs/glossary.md.
SYNONYMS = {
    "aggregate": "entity",
    "bookmark": "checkpoint",
    "broker": "bus",
    "channel": "subject",
    "materialiser": "projection",
    "packet": "message",
    "payload": "body",
    "playlist": "cue sheet",
    "poison": "dead letter",
    "reducer": "decide, evolve or fold",
    "requeue": "redrive",
    "topic": "subject",
}
# Words of another program that must be called by its own names.
ALLOWED = {
    ("bus/checkpoint.py", "channel"),  # PostgreSQL's LISTEN and NOTIFY
    ("bus/connection.py", "payload"),  # the body of a JetStream API request
    ("deploy/contracts/asyncapi.py", "channel"),  # AsyncAPI's
    ("deploy/nats/config.py", "payload"),  # the server's setting max_payload
    ("services/gateway/wait.py", "channel"),  # PostgreSQL's
    ("services/render/outputs/builtin/png.py", "channel"),  # of a pixel
}
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names(tree: ast.AST) -> Iterator[str]:
    """Every name that a module gives: classes, functions, parameters, variables, fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def words(name: str) -> set[str]:
    """The words of a name, in the singular: `LateTopics` -> late, topic."""
    return {part.lower().removesuffix("s") for part in _PART.findall(name)}


def found(modules: dict[str, Path]) -> set[tuple[str, str]]:
    """Module and synonym, wherever one is used in a name."""
    return {
        (place, word)
        for place, path in modules.items()
        for name in names(ast.parse(path.read_text()))
        for word in words(f"{name}") | words(path.stem)
        if word in SYNONYMS
    }


def test_no_name_uses_a_synonym_of_a_glossary_word(modules: dict[str, Path]) -> None:
    wrong = found(modules) - ALLOWED
    assert {place: f"{word}: say {SYNONYMS[word]}" for place, word in sorted(wrong)} == {}


def test_the_allowed_exceptions_are_still_needed(modules: dict[str, Path]) -> None:
    assert ALLOWED - found(modules) == set()


@pytest.mark.parametrize(
    "line",
    ["topic = 1", "class LateTopics: ...", "def f(max_payload): ...", "x.payloadBytes = 1"],
)
def test_a_synonym_is_found_wherever_a_name_is_given(line: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(line)
    assert len(found({"module.py": path})) == 1


def test_the_glossary_explains_the_words_we_use_and_names_the_others(root: Path) -> None:
    page = (root / "docs/glossary.md").read_text().lower()
    assert {word for word in SYNONYMS if word not in page} == set()
