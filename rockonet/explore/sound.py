"""Notes become audio through a SoundFont, and audio a player inside the page."""

from __future__ import annotations

import base64
import functools
import importlib.util
import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from symusic.core import ScoreSecond, ScoreTick, TextMetaTick

from rockonet.common.quiet import quiet_stderr
from rockonet.explore.filters import band_limit, filtered, in_blocks, joined
from rockonet.explore.mp3_tags import id3_tag

PEAK_DBFS = -3.0  # leaves room for what MP3 coding adds
# Of libsndfile, from 0 to 1: of a file 160 kbit/s; of a player in the page some 40, at half the
# rate: at the whole it would lose all above 8 kHz and take half as long again.
MP3_LEVEL, PAGE_LEVEL = 0.55, 0.8
RING_SECONDS = 1  # after the end of a score
MAX_SECONDS = 1800  # of one rendering, which takes 0.35 MB of memory a second


@dataclass(frozen=True)
class Sound:
    """Audio that shows itself as a player in a notebook.

    samples: float32 (n_samples, 2) between −1 and 1. rate: in samples a second.
    """

    samples: np.ndarray
    rate: int

    def __repr__(self) -> str:
        return f"<Sound: {self.seconds:.1f} s, {self.rate:,} samples a second>"

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def peak_dbfs(self) -> float:
        """Loudest sample in decibels below full scale (0 is full scale, −inf is silence)."""
        with np.errstate(divide="ignore"):
            return float(20 * np.log10(np.abs(self.samples).max(initial=0.0)))

    def encoded(self, suffix: str = ".mp3", title: str = "") -> bytes:
        """The sound as the bytes of an ``.mp3`` or ``.wav`` file: in stereo.

        title: what a music player shows of an ``.mp3``.
        Raises: ValueError for another suffix.
        """
        buffer = io.BytesIO()
        if suffix == ".mp3":
            buffer.write(id3_tag(title, "made with Rock-o-net"))
            buffer.write(_mp3(self.samples, self.rate, MP3_LEVEL, "CONSTANT"))
        elif suffix == ".wav":
            soundfile.write(buffer, self.samples, self.rate, format="WAV", subtype="PCM_16")
        else:
            raise ValueError(f"Sound is written as .mp3 or .wav, not {suffix!r}.")
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        # In mono and small: a notebook with several players stays under 1 MB.
        rate = self.rate // 2 if self.rate >= 32_000 else self.rate
        middle = (sides.mean(axis=0) for sides in in_blocks(self.samples))
        blocks = filtered(middle, functools.partial(band_limit, rate=rate), self.rate, rate)
        samples = joined(blocks, len(self.samples) * rate // self.rate)[:, 0]
        small = _mp3(samples, rate, PAGE_LEVEL, "VARIABLE")
        data = base64.b64encode(small).decode()
        script = Path(__file__).with_suffix(".js").read_text("utf-8")
        return (  # of numbers and letters alone: there is nothing to escape
            f'<audio controls preload="metadata" src="data:audio/mpeg;base64,{data}" '
            f'aria-label="Player, {self.seconds:.0f} seconds">'
            "This browser plays no audio; open the saved .mp3 instead.</audio>\n"
            f"<script>{script}</script>"  # the file as it is: a page may allow it by its hash
        )

    def play_on_speakers(self) -> str:
        """Play through this machine's speakers with pygame; returns a sentence that says so.

        The kernel's machine plays, which on a remote server is not the one in front of you.
        """
        import pygame  # a fifth of a second, for what hardly anybody needs

        try:
            pygame.mixer.quit()
            with quiet_stderr():
                pygame.mixer.init(frequency=self.rate, size=-16, channels=2)
            pcm = (np.clip(self.samples, -1, 1) * 32767).astype("<i2")
            pygame.mixer.Sound(buffer=pcm.tobytes()).play()
        # The second: its mixer needs a library that the system lacks.
        except (pygame.error, NotImplementedError) as error:
            return (
                f"This machine has no sound device ({error}): "
                "use the player in the page, it needs none."
            )
        return f"Playing {self.seconds:.0f} s on the speakers; ru.stop_speakers() stops it."


def _mp3(samples: np.ndarray, rate: int, level: float, mode: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="MP3", compression_level=level, bitrate_mode=mode)
    return buffer.getvalue()


def stop_speakers() -> None:
    """Stop what `Sound.play_on_speakers` began."""
    import pygame  # as above

    try:
        playing = pygame.mixer.get_init()
    except NotImplementedError:  # as above
        playing = None
    if playing:
        pygame.mixer.stop()


def soundfont() -> Path:
    """The SoundFont that gives the notes their sound: ``ROCKONET_SOUNDFONT``, else TimGM6mb.

    TimGM6mb comes with the package pretty_midi, so nothing has to be downloaded.
    Raises: FileNotFoundError if the file named is not there.
    """
    # Where the package is, without importing it.
    package = importlib.util.find_spec("pretty_midi")
    folder = Path(package.origin).parent if package and package.origin else Path()
    path = Path(os.environ.get("ROCKONET_SOUNDFONT") or folder / "TimGM6mb.sf2")
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no SoundFont {str(path)!r}. Let ROCKONET_SOUNDFONT name an .sf2 file, or "
            "unset it to use the one that comes with pretty_midi."
        )
    return path


def render(score: ScoreTick) -> Sound:
    """Turn a score into sound, its peak at −3 dBFS.

    Raises: as `synthesised`.
    Notebook: 01.
    """
    return at_peak(synthesised(score))


def at_peak(sound: Sound, peak_dbfs: float = PEAK_DBFS) -> Sound:
    """The sound, changed in place: its highest peak so many dB below full scale; silence stays."""
    samples = sound.samples
    peak = max(-samples.min(initial=0.0), samples.max(initial=0.0), 1e-9)
    samples *= np.float32(10 ** (peak_dbfs / 20) / peak)
    return sound


def synthesised(score: ScoreTick) -> Sound:
    """A score as the SoundFont plays it, as loud as it is written.

    symusic has a synthesiser of its own, but it plays many notes of TimGM6mb at a wrong pitch
    (an A3 on the piano sounds as a B3): midirenderer plays them right.
    Raises: ValueError if the score has no note to play; RuntimeError where there is no synthesiser.
    """
    try:
        import midirenderer  # there is none for some machines
    except ModuleNotFoundError as error:
        raise RuntimeError(
            "There is no synthesiser for this machine: midirenderer exists for Linux and Windows "
            "on x86-64 and for macOS. Save the riff as .mid and play that."
        ) from error
    sounding_seconds(score)
    ringing = score.copy()  # a marker a second after the end lets the last note ring out
    quarters = ringing.tempos[-1].qpm / 60 if len(ringing.tempos) else 2
    end = score.end() + round(RING_SECONDS * quarters * score.ticks_per_quarter)
    ringing.markers.append(TextMetaTick(end, "silence"))
    font = soundfont()
    try:
        wav = midirenderer.render_wave_from(_soundfont_bytes(font), ringing.dumps_midi())
    except (ValueError, RuntimeError) as error:
        raise RuntimeError(
            f"The SoundFont {str(font)!r} is damaged or none ({error}). Let ROCKONET_SOUNDFONT "
            "name another .sf2 file, or unset it to use the one that comes with pretty_midi."
        ) from error
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    return Sound(samples, rate)


def sounding_seconds(score: ScoreTick) -> float:
    """How long a score is heard: until its last note has rung out.

    Raises: ValueError if it has no note to play, or lasts longer than `MAX_SECONDS`.
    """
    if score.note_num() == 0:
        raise ValueError("There is no note to play in this score.")
    timed = score.to("second")
    assert isinstance(timed, ScoreSecond)  # of `to` symusic's types say no more than object
    if timed.end() > MAX_SECONDS:
        raise ValueError(
            f"This score lasts longer than {MAX_SECONDS // 60} minutes: choose a part."
        )
    return timed.end() + RING_SECONDS


@functools.lru_cache(maxsize=2)  # of 6 MB, or what ROCKONET_SOUNDFONT names
def _soundfont_bytes(path: Path) -> bytes:
    return path.read_bytes()
