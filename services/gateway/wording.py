"""What is wrong with an input, in words for people: what is taken, not how it is checked."""

import re
from collections.abc import Mapping
from typing import Any

from contracts import persons

_PLAIN = "text without control characters"
# What an input of each form is, by the pattern that checks it.
FORMS: Mapping[str, str] = {
    r"^[0-9]{1,20}$": "the id of a game: 1 to 20 digits",
    rf"^{persons.PERSON_ID}$": "a person id such as w-WP000001: g-, w- or m- and up to 64 more",
    r"^[^\x00]+$": "text without NUL characters",
    r"^[^\x00-\x1f\x7f-\x9f]+$": _PLAIN,
    r"^[^\x00-\x1f\x7f-\x9f]*$": _PLAIN,
    r"^[!-~]+$": "ASCII characters without blanks",
    r"^[A-Za-z0-9_-]{1,64}$": "an id: 1 to 64 letters, digits, - and _",
    r"^[A-Za-z0-9_-]{0,64}$": "an id or nothing: up to 64 letters, digits, - and _",
    r"^$|^[0-9]{1,20}$": "the id of a game or nothing: up to 20 digits",
    r"^[0-9a-f]{64}$": "a SHA-256: 64 digits and letters a to f",
    r"^\d{4}-\d{2}-\d{2}$": "a date such as 2031-03-01",
    r"^[a-z][a-z_]{0,39}$": "one word: up to 40 small letters and _, a letter first",
    r"^[A-Za-z]{2,3}$": "the code of a country: 2 or 3 letters",
    r"^(wsop|gfx|manual)$": "wsop, gfx or manual",
}
# Of each kind of fault the sentence; the names in it are limits that the fault tells.
_SENTENCES: Mapping[str, str] = {
    "missing": "is needed",
    "extra_forbidden": "is not known here",
    "string_type": "takes text",
    "string_too_short": "takes text of {min_length} or more characters",
    "string_too_long": "takes text of at most {max_length} characters",
    "greater_than_equal": "takes a number of at least {ge}",
    "less_than_equal": "takes a number of at most {le}",
    "literal_error": "takes {expected}",
    "too_long": "takes at most {max_length} entries",
    "json_invalid": "is not JSON",
}
# Kinds of faults with many names, by how these begin.
_KINDS: Mapping[str, str] = {
    "int": "takes a whole number",
    "bool": "takes true or false",
    "datetime": "takes a moment with its zone, such as 2031-03-01T18:00:00Z",
    "timezone": "takes a moment with its zone, such as 2031-03-01T18:00:00Z",
    "dict": "takes a JSON object",
    "model": "takes a JSON object",
    "list": "takes a list",
}
_OTHER = "another form"
# How a rule of a composition tells of a pattern.
_REGEX = re.compile(r"a text matching regex '(.*)'", re.DOTALL)


def sentence(error: Mapping[str, Any]) -> str:
    """One fault that a check found (an entry of a RequestValidationError) in words."""
    kind, told = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        return _REGEX.sub(_of_rule, str(told["error"]))
    if kind == "string_pattern_mismatch":
        return f"takes {FORMS.get(told['pattern'], _OTHER)}"
    if kind in _SENTENCES:
        return _SENTENCES[kind].format(**told)
    return _KINDS.get(kind.split("_")[0], f"takes {_OTHER}")


def _of_rule(found: re.Match[str]) -> str:
    # It is shown as Python writes a text, and ends at the end of the text by its own sign.
    pattern = found[1].replace(r"\\", "\\").removesuffix(r"\Z")
    return FORMS.get(f"{pattern}$", _OTHER)
