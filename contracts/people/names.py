"""The name key: what is left of a name when spelling habits are taken away.

Two names with one key are written alike; whether they are one person is another question.
"""

import unicodedata

# Letters that Unicode does not take apart into a base and a mark, and what people type instead.
_SPECIAL = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ĸ": "k",
        "ə": "a",
        "ɨ": "i",
        "ƀ": "b",
        "ɓ": "b",
        "ɗ": "d",
        "ɖ": "d",
    }
)


def name_key(text: str) -> str:
    """Lower-case letters and digits of any script, words parted by single spaces.

    Compatibility forms are taken apart and marks dropped (NFKD), special letters folded (`ł` `ø`
    `đ` `ß` ...), case folded; everything else parts words. Empty for a text without any of them.
    """
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()
    plain = unicodedata.normalize("NFKD", folded).translate(_SPECIAL)
    kept = (_kept(c) for c in plain if not unicodedata.category(c).startswith("M"))
    # Hangul was taken apart as well; together again it can be read.
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    return character if category[0] == "L" or category == "Nd" else " "
