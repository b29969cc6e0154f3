"""Training, validation and test songs: no title is on two sides."""

from __future__ import annotations

import hashlib
import re

from rockonet.dataset.corpus import Corpus


def song_key(title: str) -> str:
    """What all variants of a title share: 'Angie', 'angie_2' and 'Angie (live)' are one song.

    Notebook: 02.
    """
    key = re.sub(r"\(.*?\)|\[.*?\]", " ", title.lower())
    key = " ".join(re.findall(r"\w+", key.replace("_", " ")))
    return re.sub(r"(?<=\w) (\d+|v\d+|live|acoustic|unplugged|remix|version)$", "", key) or title


def split_by_song(
    corpus: Corpus, validation: float = 0.1, test: float = 0.1, seed: int = 0
) -> tuple[Corpus, Corpus, Corpus]:
    """Split a corpus into training, validation and test songs.

    validation, test: shares of the titles, 0 to 1. A title's side comes from a hash of the title
        alone: all its variants fall on one side, and adding songs moves no other song. In a small
        folder the shares are only roughly met, but no side is empty.
    Returns three corpora.
    Raises: ValueError for fewer than three titles.
    Notebook: 02, 03 and 04.
    """
    place = {}
    for key in {song_key(title) for title in corpus.songs}:
        digest = hashlib.sha256(f"{seed}:{key}".encode("utf-8", "surrogatepass")).digest()
        place[key] = int.from_bytes(digest[:8], "big") / 2**64  # at random in [0, 1)
    if len(place) < 3:
        raise ValueError(
            f"There are only {len(place)} titles with a guitar. Training, validation and test need "
            "one each, and a good model a hundred: add songs to the folder."
        )
    # 0 is training, 1 validation, 2 test.
    side = {key: 2 if x < test else 1 if x < test + validation else 0 for key, x in place.items()}
    ranked = sorted(place, key=lambda key: place[key])
    # Too few songs for chance: the lowest hashes fill what stayed empty.
    for number, share, key in ((2, test, ranked[0]), (1, validation, ranked[1])):
        if share and number not in side.values():
            side[key] = number
    if 0 not in side.values():
        side[ranked[-1]] = 0

    sides = [side[song_key(title)] for title in corpus.songs]
    parts = [corpus.select(i for i, s in enumerate(sides) if s == number) for number in (0, 1, 2)]
    return parts[0], parts[1], parts[2]
