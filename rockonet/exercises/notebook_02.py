"""The exercises of notebook 02: for each its task in a line, and what is said of an answer."""

from __future__ import annotations

import re

import numpy as np

from rockonet.dataset.classic_windows import OneHot
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.style import style_metrics, usual_in_rock
from rockonet.exercises.verdicts import Exercise, Verdict, is_share


def windows_of_twenty(answer: int) -> Verdict:
    """Exercise 2.1: How many windows of 12 symbols and an answer do 20 symbols make?"""
    answer = int(answer)
    if answer == 1:
        return False, "windows overlap: the next one begins one symbol later."
    if answer == 9:
        return False, "the last window needs a symbol after it, as its answer."
    if answer != 8:
        return False, "try it by hand with a melody of five symbols and windows of two."
    return True, "it may begin at the symbols 1 to 8: the last answer is symbol 20."


def varied_windows(answer: list[list[str]], melody: list[str], length: int) -> Verdict:
    """Exercise 2.2: Cut a melody into windows; keep those with four distinct symbols."""
    windows = [melody[i : i + length + 1] for i in range(len(melody) - length)]
    wanted = [window for window in windows if len(set(window)) >= 4]
    if [list(window) for window in answer] == wanted:
        return True, f"{len(wanted)} of {len(windows)} windows are left."
    if any(len(window) != length + 1 for window in answer):
        return False, f"each window has {length + 1} symbols: {length} and the answer."
    return False, f"{len(answer)} windows; {len(wanted)} of {len(windows)} hold four distinct ones."


def most_bent_song(answer: str, corpus: Corpus) -> Verdict:
    """Exercise 2.3: In which song is the largest share of events bent?"""
    songs = [corpus.select([number]).events["bend"] > 0 for number in range(len(corpus.songs))]
    bent = {title: (int(b.sum()), len(b)) for title, b in zip(corpus.songs, songs, strict=True)}
    answer = {title.lower(): title for title in bent}.get(answer.lower(), answer)
    if answer not in bent:
        return False, f"no song is called {answer!r}; the titles are in `corpus.songs`."
    count, n_events = bent[answer]
    most = max(count / n_events for count, n_events in bent.values())
    if count / n_events == most:
        return True, f"{answer}, with {count} of its {n_events} events."
    if count == max(count for count, _ in bent.values()):
        return False, f"none has more bends, {count}, but it has {n_events} events: take the share."
    return False, f"{answer} has {count / n_events:.1%}; the most is {most:.1%}."


def always_the_same_answer(answer: float, Y: OneHot, codes: np.ndarray) -> Verdict:
    """Exercise 2.4: How often is the most frequent symbol the right answer?"""
    share = float(np.bincount(Y.codes).max() / len(Y))
    if abs(answer - np.bincount(codes).max() / len(codes)) <= 0.002:
        return False, "that is among all events. Only windows with enough variety ask questions."
    return is_share(answer, share, "right answers: what a model must beat to have learned anything")


def tracks_by_name(answer: Corpus, corpus: Corpus) -> Verdict:
    """Exercise 2.5: Build a corpus in which the names of tracks count, too."""
    mine, before = (set(zip(c.tracks, np.diff(c.offsets), strict=True)) for c in (answer, corpus))
    tracks, songs = len(answer.tracks) - len(corpus.tracks), set(answer.songs) - set(corpus.songs)
    if tracks < 0:
        return False, f"that has {-tracks} tracks less: keep `programs`, and add the names to it."
    if not re.search("guitar|gtr", answer.filters):
        return False, 'the name of no guitar counts there: say track_names="guitar|gtr".'
    if mine == before:
        return False, (
            "these are the same tracks as before. Did you say which names count? Then your folder "
            "is tidy."
        )
    return True, f"{tracks} tracks more, and {len(songs)} songs that were not there before."


def like_rock(answer: list[str] | str, corpus: Corpus, song: int) -> Verdict:
    """Exercise 2.6: Which numbers of a song lie outside of what is usual in rock?"""
    tracks = [corpus.track_events(i) for i, t in enumerate(corpus.tracks) if t.song == song]
    usual, numbers = usual_in_rock(), style_metrics(tracks)
    outside = {
        name
        for name, (low, high) in usual.items()
        if not low - 1e-9 <= numbers[name] <= high + 1e-9
    }
    given = {answer} if isinstance(answer, str) else set(answer)
    if unknown := sorted(given - usual.keys()):
        return False, f"there is no number {unknown[0]!r}: there are {', '.join(usual)}."
    if wrong := sorted(outside ^ given):
        return False, (
            f"{len(wrong)} of the {len(usual)} numbers stand on the wrong side. Hold each against "
            "its range: what lies below the low end or above the high end is outside."
        )
    inside = f"{len(usual) - len(outside)} of {len(usual)}"
    return True, f"{corpus.songs[song]} plays like rock in {inside} numbers."


EXERCISES = {
    "2.1": Exercise("a number of windows", windows_of_twenty),
    "2.2": Exercise(
        "a list of windows, each a list of symbols with the answer last", varied_windows
    ),
    "2.3": Exercise("the title of a song", most_bent_song),
    "2.4": Exercise("a share, a number from 0 to 1", always_the_same_answer),
    "2.5": Exercise("a corpus, as `build_corpus` makes it", tracks_by_name),
    "2.6": Exercise("a list with the names of the numbers that lie outside", like_rock),
}
