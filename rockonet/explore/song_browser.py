"""The panel of notebook 01: pick a song and a track, see and hear it."""

from __future__ import annotations

import os
from typing import Any

import ipywidgets as widgets
from IPython.display import Markdown, display
from symusic.core import ScoreTick, TrackTick

from rockonet.explore.midi_file import MidiError, midi_files, read_midi
from rockonet.explore.pictures import piano_roll
from rockonet.explore.sound import render
from rockonet.explore.tracks import GUITAR_NAMES, bar_ticks, only_tracks, score_notes, track_label


def song_browser(folder: str | os.PathLike) -> Any:
    """An ipywidgets panel: pick a song and a track, see its piano roll, press to hear it.

    Notebook: 01.
    """
    files = {str(p.relative_to(folder)): p for p in midi_files(folder)}
    wide = {"width": "24em"}
    song = widgets.Dropdown(options=files, description="Song", layout=wide)
    track = widgets.Dropdown(description="Track", layout=wide)
    hear = widgets.Button(description="Hear this track", icon="play")
    hear_all = widgets.Button(description="Hear the song", icon="play")
    picture, player = widgets.Output(), widgets.Output()

    def show(output: widgets.Output, *things: Any) -> None:
        output.clear_output(wait=True)
        with output:
            for thing in things:
                display(thing)

    def choose_song(_: Any = None) -> None:
        try:
            tracks = [t for t in read_midi(song.value).tracks if len(t.notes)]
        except MidiError as error:
            track.options = []
            show(picture, str(error))
            return
        # With the song in it the value is new for every song, so that the picture follows.
        track.options = [(track_label(t), (song.value, i)) for i, t in enumerate(tracks)]
        # Guitars are what this is about: start with the first one if there is any.
        guitars = [i for i, t in enumerate(tracks) if not t.is_drum and t.program in GUITAR_NAMES]
        track.index = (guitars or [0])[0] if tracks else None

    def chosen() -> tuple[ScoreTick, TrackTick]:
        path, number = track.value
        score = read_midi(path)
        return score, [t for t in score.tracks if len(t.notes)][number]

    def choose_track(_: Any = None) -> None:
        if track.value is None:
            return
        score, one = chosen()
        notes, bar = score_notes([one], score.ticks_per_quarter), bar_ticks(score)
        first = int(notes["onset"][0]) // bar + 1
        title = f"{song.label} – {one.name}"
        show(picture, piano_roll(notes, title, (first, first + 7), ticks_per_bar=bar))
        show(player)

    def press(button: widgets.Button) -> None:
        if track.value is not None:
            score, one = chosen()
            show(player, Markdown("One moment, the sound is being made…"))
            try:
                show(player, render(score if button is hear_all else only_tracks(score, [one])))
            except ValueError as error:
                show(player, str(error))

    song.observe(choose_song, "value")
    track.observe(choose_track, "value")
    hear.on_click(press)
    hear_all.on_click(press)
    choose_song()
    choose_track()
    choice, buttons = widgets.HBox([song, track]), widgets.HBox([hear, hear_all])
    return widgets.VBox([choice, buttons, picture, player])
