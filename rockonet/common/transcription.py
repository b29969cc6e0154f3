"""Text in ASCII, for file formats that know no other letters."""

from __future__ import annotations

import unicodedata

# What is not a letter of ASCII with a mark over it, as it is usually written in ASCII.
_USUAL = {
    **dict(zip("äöüßæœøåłđðþı", "ae oe ue ss ae oe o aa l d d th i".split(), strict=True)),
    **dict(
        zip("♭♯♮–—−⁄‘’‚“”„«»·×№", 'b # n - - - / \' \' \' " " " " " . x No'.split(), strict=True)
    ),
    **dict(
        zip(
            "абвгдеёжзийклмнопрстуфхцчшщыэюяіїєґђјљњћџў",
            "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya "
            "i yi ye g dj j lj nj c dz u".split(),
            strict=True,
        )
    ),
    **dict.fromkeys("ьъ", ""),
    **dict(
        zip(
            "αβγδεζηθικλμνξοπρσςτυφχψω",
            "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(),
            strict=True,
        )
    ),
}


def ascii_text(text: str) -> str:
    """Text in the letters of ASCII: 'Grüße' is 'Gruesse', 'рок' is 'rok', what has none is '?'.

    A large letter stays large: 'Ü' is 'Ue', or 'UE' in a word in capitals.
    """
    text = unicodedata.normalize("NFC", text)
    words = []
    for word in text.split(" "):
        capitals = len(word) > 1 and word.replace("ß", "").isupper()  # which has no large one
        words.append("".join(_ascii_letter(letter, capitals) for letter in word))
    return " ".join(words)


def _ascii_letter(letter: str, capitals: bool) -> str:
    if letter.isascii():
        return letter
    small = letter.lower()
    if small in _USUAL:
        usual = _USUAL[small]
        if letter == small:
            return usual.upper() if capitals and letter.isalpha() else usual
        return usual.upper() if capitals else usual.capitalize()
    parts = unicodedata.normalize("NFKD", letter)
    bare = [part for part in parts if not unicodedata.combining(part)]
    if bare == [letter]:
        return "?"
    return "".join(_ascii_letter(part, capitals) for part in bare)
