"""The panel of notebook 01: pick a song and a track, see and hear it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import Markdown, display
from symusic.core import ScoreTick, TrackTick

from rockonet.common.shown_text import as_markdown, visible
from rockonet.common.theory import meter_ticks
from rockonet.explore.meters import timing_of
from rockonet.explore.parts import player_tracks
from rockonet.explore.pictures import piano_roll
from rockonet.explore.song_file import read_song, song_files
from rockonet.explore.sound import render
from rockonet.explore.tracks import GUITAR_NAMES, only_tracks, score_notes, track_label


def song_browser(folder: str | os.PathLike[str]) -> widgets.VBox:
    """An ipywidgets panel: pick a song and a track, see its piano roll, press to hear it.

    Notebook: 01.
    """
    return SongBrowser(folder).panel


class SongBrowser:
    """The widgets of the panel, and what happens when they are used."""

    def __init__(self, folder: str | os.PathLike[str]):
        files = [(visible(path.relative_to(folder)), path) for path in song_files(folder)]
        look = {"layout": {"width": "24em"}, "tooltip": ""}  # else it is 'null' in JupyterLab
        self.song = widgets.Dropdown(options=files, description="Song", **look)
        # A track's value is (song, place): new for every song, so that the picture follows.
        self.track = widgets.Dropdown(description="Track", **look)
        self.hear_track = widgets.Button(description="Hear this track", icon="play")
        self.hear_song = widgets.Button(description="Hear the song", icon="play")
        self.picture, self.player = widgets.Output(), widgets.Output()
        choice = widgets.HBox([self.song, self.track])
        buttons = widgets.HBox([self.hear_track, self.hear_song])
        self.panel = widgets.VBox([choice, buttons, self.picture, self.player])

        self.song.observe(lambda _: self.attempt(self.picture, self.list_tracks), "value")
        self.track.observe(lambda _: self.attempt(self.picture, self.draw_track), "value")
        for button, whole in ((self.hear_track, False), (self.hear_song, True)):
            button.on_click(lambda _, whole=whole: self.attempt(self.player, self.play, whole))
        self.attempt(self.picture, self.list_tracks)

    def attempt(self, place: widgets.Output, action: Callable[..., None], *arguments: bool) -> None:
        """Do what a widget is there for; what stands in its way is said there, in its sentence."""
        try:
            action(*arguments)
        except (ValueError, OSError, RuntimeError) as error:
            show(place, Markdown(as_markdown(error)))

    def list_tracks(self) -> None:
        """Offer the tracks of the song that is chosen; the first guitar, if any, comes first."""
        path: Path | None = self.song.value
        self.track.options = []
        if path is None:
            raise ValueError("There is no song in this folder: choose another one.")
        tracks = player_tracks(read_song(path))
        self.track.options = [(track_label(t), (path, i)) for i, t in enumerate(tracks)]
        guitars = [i for i, t in enumerate(tracks) if not t.is_drum and t.program in GUITAR_NAMES]
        self.track.index = (guitars or [0])[0] if tracks else None

    def chosen(self) -> tuple[ScoreTick, TrackTick]:
        """The song and the track that are chosen, read anew."""
        path, place = self.track.value
        score = read_song(path)
        return score, player_tracks(score)[place]

    def draw_track(self) -> None:
        """Show eight bars of the track, from its first note on."""
        if self.track.value is None:
            return
        score, track = self.chosen()
        notes = score_notes([track], score.ticks_per_quarter)
        timing = timing_of(score, track.notes.numpy()["time"])
        bar = meter_ticks(timing.meter)
        notes["onset"] += timing.shift
        first = int(notes["onset"][0]) // bar + 1
        title = f"{self.song.label} – {track.name}"
        show(self.picture, piano_roll(notes, title, (first, first + 7), ticks_per_bar=bar))
        show(self.player)

    def play(self, whole_song: bool) -> None:
        """Show a player for the song or the track that is chosen."""
        if self.track.value is None:
            return
        score, track = self.chosen()
        show(self.player, Markdown("One moment, the sound is being made…"))
        show(self.player, render(score if whole_song else only_tracks(score, [track])))


def show(output: widgets.Output, *things: Any) -> None:
    """Put things in the place of what an output showed."""
    output.clear_output(wait=True)
    with output:
        for thing in things:
            display(thing)
