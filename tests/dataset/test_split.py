"""Songs are split by their titles."""

import pytest
from helpers import titled

import rockonet_utils as ru


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Angie", "angie"),
        ("Angie_2", "angie"),
        ("angie (live)", "angie"),
        ("ANGIE [v2]", "angie"),
        ("Angie live", "angie"),
        ("1979", "1979"),
        ("Summer of 69", "summer of"),
        ("...", "..."),
    ],
)
def test_variants_share_a_key(title, key):
    assert ru.song_key(title) == key


def test_split_keeps_variants_together_and_is_stable():
    titles = [
        f"{name} {kind}" for name in map(str, range(1000, 1300)) for kind in ("x", "x (live)")
    ]
    parts = ru.split_by_song(titled(*titles))
    keys = [{ru.song_key(title) for title in part.songs} for part in parts]
    assert sum(map(len, keys)) == len(set.union(*keys)) == 300
    assert [round(len(k) / 300, 1) for k in keys] == [0.8, 0.1, 0.1]
    assert sum(part.n_events for part in parts) == 600
    more = ru.split_by_song(titled(*titles, "another song", "and another"))
    for before, after in zip(parts, more, strict=True):
        assert set(before.songs) <= set(after.songs)
    assert ru.split_by_song(titled(*titles), seed=1)[2].songs != parts[2].songs


def test_split_leaves_no_side_empty_in_a_small_folder():
    for n in range(3, 12):
        parts = ru.split_by_song(titled(*(f"song {chr(97 + i)}" for i in range(n))))
        assert all(part.songs for part in parts)
        assert sum(len(part.songs) for part in parts) == n


def test_split_of_too_few_songs_says_so():
    with pytest.raises(ValueError, match="only 2 titles.*add songs"):
        ru.split_by_song(titled("one", "two", "two (live)"))
