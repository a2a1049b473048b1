"""How alike two full names are, and by which rule.

A score says how far the rule may be trusted, not how many letters agree: 85 and more name one
person with another habit of writing, less may as well be two people.
"""

import re
import unicodedata
from collections import Counter
from typing import Literal

import msgspec
from rapidfuzz import fuzz

from contracts.people.names import name_key

type Rule = Literal[
    "same_text",
    "same_key",
    "word_order",
    "spacing",
    "initial_dropped",
    "spelling",
    "extra_words",
    "single_word",
    "initials",
    "similar",
    "surname",
]

SCORES: dict[Rule, int] = {
    "same_text": 100,
    "same_key": 98,
    "word_order": 95,
    "spacing": 94,
    "initial_dropped": 92,
    "spelling": 90,
    # From here on it may be somebody else: a brother, a son, another bearer of the name.
    "extra_words": 80,
    "single_word": 80,
    "initials": 75,
    "similar": 70,
    "surname": 60,
}
# A name of more words is a sentence; comparing its rotations would only cost time.
WORDS_MAX = 8
# Shorter words are too often different names in one spelling: Ana and Anna, Jan and Yan.
SPELLING_LENGTH_MIN = 4
# Likeness (0-100) that each word needs at least, and the surname, to be a slip of the fingers.
WORD_SIMILARITY_MIN = 75
SURNAME_SIMILARITY_MIN = 85

_NICKNAME = re.compile('["“„«(\\[][^"”“»)\\]]*["”“»)\\]]')
# What alphabets, ears and keyboards make of one sound; in this order.
_SPELLINGS = (
    ("sch", "sh"),
    ("tch", "ch"),
    ("kh", "h"),
    ("ph", "f"),
    ("ck", "k"),
    ("x", "ks"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
    ("ju", "iu"),
)
# Umlauts as keyboards without them write them; Michael has none.
_UMLAUT = re.compile(r"(?<=[ou])e|(?<=a)e(?!l)")
_ENDINGS = (("er", "r"), ("of", "ov"))
_TWICE = re.compile(r"(.)\1+")


class Likeness(msgspec.Struct, frozen=True):
    """What a comparison found. `similarity` is that of the letters alone, 0-100."""

    rule: Rule
    similarity: int

    @property
    def score(self) -> int:
        """How far the rule may be trusted, 0-100."""
        return SCORES[self.rule]


class Name(msgspec.Struct, frozen=True):
    """A name made ready to be compared with many. `surname` is empty where nobody said it."""

    text: str
    words: tuple[str, ...]
    spelled: tuple[str, ...]
    surname: str = ""

    @property
    def key(self) -> str:
        """The words in their order."""
        return " ".join(self.words)


def prepared(text: str, surname: str = "") -> Name:
    """A name as it can be compared; a nickname in quotes or brackets is left out."""
    bare = name_key(_NICKNAME.sub(" ", text)) or name_key(text)
    words = tuple(bare.split()[:WORDS_MAX])
    return Name(text, words, tuple(spelling(word) for word in words), name_key(surname))


def spelling(word: str) -> str:
    """One form for the usual spellings of one name: Alexander, Aleksandr; Szücs, Szuecs."""
    if len(word) < SPELLING_LENGTH_MIN:
        return word
    kept = word
    for written, sound in _SPELLINGS:
        kept = kept.replace(written, sound)
    kept = _TWICE.sub(r"\1", _UMLAUT.sub("", kept))
    for written, sound in _ENDINGS:
        if kept.endswith(written):
            kept = kept.removesuffix(written) + sound
    return kept if len(kept) >= SPELLING_LENGTH_MIN else word


def compare(one: Name, other: Name) -> Likeness | None:
    """The first rule that holds between two full names, None if they are simply different."""
    if not one.words or not other.words:
        return None
    similarity = round(fuzz.token_sort_ratio(one.key, other.key))
    rule = _rule(one, other, similarity)
    return Likeness(rule, similarity) if rule else None


def _rule(one: Name, other: Name, similarity: int) -> Rule | None:
    if "".join(one.words) == "".join(other.words) and min(len(one.words), len(other.words)) == 1:
        # One word is no full name in most places, whatever its letters.
        return "single_word"
    if _text(one.text) == _text(other.text):
        return "same_text"
    if one.words == other.words:
        return "same_key"
    if Counter(one.words) == Counter(other.words):
        return "word_order"
    if _rotations(one.words) & _rotations(other.words):
        return "spacing"
    if not _initials_agree(one, other):
        return None
    return _shortened(one, other) or _similar(one, other, similarity)


def _shortened(one: Name, other: Name) -> Rule | None:
    """Rules that hold although one name says less than the other, or spells it otherwise."""
    long_one, long_other = _long(one.words), _long(other.words)
    full = min(len(long_one), len(long_other)) >= 2
    if full and Counter(long_one) == Counter(long_other):
        return "initial_dropped"
    spelled_one, spelled_other = _long(one.spelled), _long(other.spelled)
    if full and Counter(spelled_one) == Counter(spelled_other):
        return "spelling"
    few, many = sorted((Counter(spelled_one), Counter(spelled_other)), key=Counter.total)
    if few.total() >= 2 and few <= many:
        return "extra_words"
    return "initials" if _abbreviates(one, other) or _abbreviates(other, one) else None


def _similar(one: Name, other: Name, similarity: int) -> Rule | None:
    """A slip of the fingers: as many words, each like one of the other's, the surname most."""
    words, others = _long(one.words), list(_long(other.words))
    if len(words) != len(others) or len(words) < 2 or similarity < WORD_SIMILARITY_MIN:
        return None
    for word in words:
        nearest = max(others, key=lambda candidate: fuzz.ratio(word, candidate))
        alike = fuzz.ratio(word, nearest)
        is_surname = word in (one.surname or other.surname).split()
        if alike < (SURNAME_SIMILARITY_MIN if is_surname else WORD_SIMILARITY_MIN):
            return None
        others.remove(nearest)
    return "similar"


def _text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _long(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if len(word) > 1)


def _rotations(words: tuple[str, ...]) -> set[str]:
    return {"".join(words[i:] + words[:i]) for i in range(len(words))}


def _initials_agree(one: Name, other: Name) -> bool:
    """Whether no initial speaks against the other name: H. Roe is not K. Roe."""
    left, right = Counter(one.spelled), Counter(other.spelled)
    return _explained(left - right, right - left) and _explained(right - left, left - right)


def _explained(words: Counter[str], others: Counter[str]) -> bool:
    """Whether every initial stands for a word of the other name, if it has any left."""
    heads = {word[0] for word in others}
    return not others or all(word in heads for word in words if len(word) == 1)


def _abbreviates(short: Name, long: Name) -> bool:
    """Whether initials of one name stand for words of the other, and the rest is the same."""
    initials = [word for word in short.words if len(word) == 1]
    rest = Counter(_long(long.spelled))
    said = Counter(_long(short.spelled))
    if not initials or not said or not said <= rest:
        return False
    heads = [word[0] for word in (rest - said).elements()]
    return len(heads) == len(initials) and sorted(heads) == sorted(initials)
