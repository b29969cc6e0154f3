"""A riff, and everything it can show itself as."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.files import are_free, write_together
from rockonet.common.shown_text import visible
from rockonet.common.techniques import BENDS
from rockonet.common.theory import (
    TICKS_PER_QUARTER,
    is_meter,
    is_tempo,
    key_fifths,
    meter_ticks,
    scale_pitch_classes,
)
from rockonet.common.tunings import tuning_pitches
from rockonet.dataset.events import event_pitches
from rockonet.explore.pictures import piano_roll
from rockonet.explore.sound import Sound
from rockonet.guitar.band import band_score
from rockonet.guitar.engraving import Engraving
from rockonet.guitar.fingering import Fingering, finger, fingerings, fits
from rockonet.guitar.formats import FILE_FORMATS, FORMATS, WITHOUT_FINGERING, encoded
from rockonet.guitar.mix import mixed
from rockonet.guitar.notation import NotatedEvent, notation_symbols
from rockonet.guitar.notes import PlayedNote, played_notes, sounding_notes
from rockonet.guitar.playability import NECK, revoiced
from rockonet.guitar.player import Player
from rockonet.guitar.score_picture import score_picture
from rockonet.guitar.tab_writer import tab_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SOUNDS = {"distortion": 30, "overdrive": 29, "clean": 27, "acoustic": 25}  # General MIDI, from 0


@dataclass(frozen=True, eq=False)
class Riff:
    """A short piece for one guitar, its first `prompt_events` events given, the others generated.

    events: (n_events,) of dtype `EVENT`. tempo_bpm in quarter notes a minute. meter as (beats,
        note value). program: General MIDI program counted from 0. title: where it comes from.
    tuning: as `tuning_pitches` takes it. given_frets: see `finger`; of a typed tab, how it was
        typed. frets: see `finger`. scale: what it is written in, see `scale_pitch_classes`; else
        it is guessed from the notes.
    Raises: ValueError for a tempo or a meter that cannot be.
    """

    events: np.ndarray
    prompt_events: int = 0
    tempo_bpm: float = 120.0
    meter: tuple[int, int] = (4, 4)
    program: int = 30
    title: str = "riff"
    tuning: str | Sequence[int] = "standard"
    given_frets: tuple[tuple[int, ...], ...] = ()
    frets: tuple[int, int] = NECK
    scale: str | None = None

    def __post_init__(self) -> None:
        # Of a title from a file everything that is written of a riff can be sure.
        object.__setattr__(self, "title", visible(self.title))
        if not is_tempo(self.tempo_bpm):
            raise ValueError(
                f"A tempo is 10 to 1,000 quarter notes a minute, not {self.tempo_bpm}."
            )
        if not is_meter(*self.meter):
            raise ValueError(f"{self.meter[0]}/{self.meter[1]} is no meter: write one like 4/4.")

    def __repr__(self) -> str:
        new = len(self.events) - self.prompt_events
        return f"<Riff '{self.title}': {self.prompt_events} events of a prompt, {new} new ones>"

    @property
    def generated(self) -> np.ndarray:
        """The events that the model made."""
        return self.events[self.prompt_events :]

    @property
    def ticks_per_bar(self) -> int:
        """The length of a bar: 48 in 4/4."""
        return meter_ticks(self.meter)

    @property
    def tick_seconds(self) -> float:
        """How long a tick lasts."""
        return 60 / self.tempo_bpm / TICKS_PER_QUARTER

    @property
    def prompt_ticks(self) -> int:
        """Where the first generated event starts, in ticks; 0 without a prompt."""
        if not 0 < self.prompt_events < len(self.events):
            return 0
        return int(self.events["step"][: self.prompt_events + 1].sum())

    @property
    def file_name(self) -> str:
        """The title as a name that every file system takes, without a suffix."""
        name = re.sub(r"\W+", "_", self.title).strip("_").lower()[:80]
        # Some take 143 bytes, and a letter has up to four; the number and the suffix come on top.
        return name.encode()[:120].decode(errors="ignore") or "riff"

    @functools.cached_property
    def open_strings(self) -> tuple[int, ...]:
        """MIDI pitches of the open strings, lowest first."""
        return tuning_pitches(self.tuning)

    @functools.cached_property
    def fingering(self) -> Fingering:
        """A string and a fret for every note, see `finger`."""
        return finger(self.events, **self._known)

    def positions(self, n: int = 3) -> list[Fingering]:
        """The n best fingerings that differ from one another, see `fingerings`."""
        return fingerings(self.events, n, **self._known)

    @property
    def _known(self) -> dict[str, Any]:
        """What `finger` is told beside the events."""
        return {
            "tempo_bpm": self.tempo_bpm,
            "ticks_per_bar": self.ticks_per_bar,
            "tuning": self.open_strings,
            "given_frets": self.given_frets,
            "frets": self.frets,
        }

    def held(self, fingering: Fingering) -> Riff:
        """The riff with its strings and frets given, as those of a typed tab are."""
        return dataclasses.replace(self, given_frets=tuple(map(tuple, fingering.frets.tolist())))

    @property
    def bar_line_after(self) -> int:
        """Where the bar of its last event ends, in ticks; 0 without events."""
        if not len(self.events):
            return 0
        return (int(self.events["step"].sum()) // self.ticks_per_bar + 1) * self.ticks_per_bar

    @functools.cached_property
    def fifths(self) -> int:
        """Its key signature, of its scale or else of its notes, see `key_fifths`."""
        played = itertools.chain.from_iterable(map(event_pitches, self.events))
        return key_fifths(scale_pitch_classes(self.scale) if self.scale else played)

    @functools.cached_property
    def symbols(self) -> list[NotatedEvent]:
        """The riff as signs that can be read, see `notation_symbols`."""
        return notation_symbols(self.events, self.meter)

    @functools.cached_property
    def notes(self) -> list[tuple[PlayedNote, ...]]:
        """The notes of each of its symbols, with their strings and frets, see `played_notes`."""
        return played_notes(self.symbols, self.events, self.fingering.frets, self.open_strings)

    def goes_on_with(self, symbol: NotatedEvent) -> bool:
        """Whether the model goes on with this symbol: whether the prompt ends before it."""
        return symbol.event == self.prompt_events > 0 and not symbol.tied

    def revoiced(self) -> Riff:
        """The riff with every chord that cannot be fingered changed as little as possible.

        What has frets that were given stays.
        """
        events = self.events.copy()
        given = itertools.chain(self.given_frets, itertools.repeat(()))
        for event, way in zip(events, given, strict=False):
            if fits(way, event_pitches(event), self.open_strings):
                continue
            chord = revoiced(event_pitches(event), self.open_strings)
            event["bass"] = chord[0]
            event["shape"] = sum(1 << (pitch - chord[0]) for pitch in chord)
            event["technique"] &= ~np.uint16(BENDS)  # of notes that are others now
            event["bend"] = event["bent"] = 0
        return dataclasses.replace(self, events=events)

    def midi(self, band: bool = False, count_in: bool = False) -> ScoreTick:
        """The riff as a score with 12 ticks to the quarter note.

        band: with a bass (`bass_line`) and drums (`groove`). count_in: after a bar of sticks.
        """
        return band_score(self, band, count_in)

    def audio(self, band: bool = False, count_in: bool = False) -> Sound:
        """The riff as sound, as a band plays it: the last thing in a cell, it shows a player.

        All riffs and sounds are equally loud, at −16 LUFS; see `stems` for each instrument alone.
        The prompt is half as loud (6 dB less), so that you hear where the model begins.
        """
        return mixed(self, band, count_in)

    def player(self, sound: str | None = None, band: bool = True, count_in: bool = True) -> Player:
        """Sound, piano roll and score together, to practise with: see `Player`.

        sound: one of `SOUNDS`; without it the riff's own program.
        Raises: ValueError for an unknown sound.
        """
        return Player(self.sounding(sound) if sound else self, band, count_in)

    def sounding(self, sound: str, tempo_bpm: float | None = None) -> Riff:
        """The riff on another guitar, one of `SOUNDS`, and at another tempo."""
        if sound not in SOUNDS:
            raise ValueError(f"Unknown sound {sound!r}: choose one of {', '.join(SOUNDS)}.")
        tempo = self.tempo_bpm if tempo_bpm is None else tempo_bpm
        if (SOUNDS[sound], tempo) == (self.program, self.tempo_bpm):
            return self
        return dataclasses.replace(self, program=SOUNDS[sound], tempo_bpm=tempo)

    def piano_roll(self, ax: Axes | None = None) -> Figure:
        """The riff as a picture, with the prompt shaded."""
        return piano_roll(
            sounding_notes(self.events, self.fingering.frets, self.open_strings),
            self.title,
            ticks_per_bar=self.ticks_per_bar,
            prompt_ticks=self.prompt_ticks,
            ax=ax,
            tuning=self.open_strings,
            tempo_bpm=self.tempo_bpm,
        )

    def score(self) -> Engraving:
        """Standard notation over TAB; the last thing in a cell, it shows itself."""
        return score_picture(self)

    def tab(self) -> str:
        """ASCII tab, see `tab_text`: print it."""
        return tab_text(self)

    @property
    def formats(self) -> tuple[str, ...]:
        """Those of `FORMATS` that can hold it: what cannot be fingered can only be heard, and a
        ``.gp5`` has seven strings at most."""
        formats = WITHOUT_FINGERING if self.fingering.unplayable else FORMATS
        strings = len(self.open_strings)
        return tuple(name for name in formats if strings <= FILE_FORMATS[name].most_strings)

    def encoded(self, suffix: str, band: bool = True) -> bytes:
        """The riff as the bytes of a file in one of `FORMATS`.

        Raises: ValueError for an unknown format, or one that cannot hold it, see `formats`.
        """
        return encoded(self, suffix, band)

    def save(
        self,
        folder: str | os.PathLike,
        formats: Iterable[str] = FORMATS,
        band: bool = True,
    ) -> list[Path]:
        """Write the riff into a folder in each format; returns the paths.

        band: with bass and drums, where the format is for listening. The name is made of the
        riff's title; a number is added to it if other riffs are saved under that name.
        Raises: as `encoded`, before anything is written; `NotWritten`, and no file is left.
        """
        content = {suffix: self.encoded(suffix, band) for suffix in formats}
        numbers = itertools.chain([""], map("_{}".format, itertools.count(2)))
        names = (Path(folder, self.file_name + number) for number in numbers)
        choices = (
            {Path(f"{name}{suffix}"): content[suffix] for suffix in content} for name in names
        )
        files = next(filter(are_free, choices))
        write_together(files)
        return list(files)
