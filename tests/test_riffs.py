"""Sections 3, 4, 12 and 15: sound, pictures, riffs, generation."""

import io

import mido
import numpy as np
import pytest
import soundfile
from conftest import melody, midi_bytes

import rockonet_utils as ru


class Parrot:
    """Stands for a Keras model: it expects the code after the last one, with certainty."""

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary

    def predict_on_batch(self, window):
        last = np.rint(window[:, -1, 0] * self.vocabulary.deviation + self.vocabulary.mean)
        n = len(self.vocabulary.symbols)
        return np.eye(n)[((last.astype(int) + 1) % n)]


@pytest.fixture
def parrot():
    vocabulary = ru.Vocabulary(("A2", "C3", "D3 A3", "E2", "G2"), 2.0, 1.5)
    return ru.Trained("classic", Parrot(vocabulary), vocabulary, 4, ru.History((), {}))


def a_riff(pitches=(40, 43, 45, 40), step=6, **more):
    events = np.zeros(len(pitches), ru.EVENT)
    events["bass"], events["shape"], events["duration"], events["velocity"] = pitches, 1, step, 90
    events["step"] = step
    events["step"][:1] = 0
    return ru.Riff(events, **more)


def heard(sound, begin, seconds, candidates):
    """Which of the candidate pitches has most energy at its first four harmonics."""
    piece = sound.samples.mean(1)[int(begin * sound.rate) : int((begin + seconds) * sound.rate)]
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 8 * len(piece))) ** 2
    frequency = np.fft.rfftfreq(8 * len(piece), 1 / sound.rate)

    def energy(pitch):
        partials = 440 * 2 ** ((pitch - 69) / 12) * np.arange(1, 5)
        return sum(spectrum[np.abs(frequency / f - 1) < 0.01].sum() for f in partials)

    return max(candidates, key=energy)


def test_rendered_sound_is_loud_enough_not_clipped_and_has_its_pitches():
    pitches = (57, 60, 62, 64, 71)
    sound = a_riff(pitches, step=12, program=27).audio()
    assert sound.peak_dbfs == pytest.approx(-3, abs=0.1)
    assert 3.4 < sound.seconds < 3.6  # five quarter notes at 120 take 2.5 s, then it rings out
    assert tuple(heard(sound, i / 2, 0.45, pitches) for i in range(5)) == pitches
    blocks = np.abs(sound.samples[: int(2.5 * sound.rate)]).max(1)
    blocks = blocks[: len(blocks) // 4410 * 4410].reshape(-1, 4410)
    assert (blocks.max(1) > 0.01).mean() > 0.9  # no tenth of a second in ten is silent


def test_mp3_and_wav_decode_to_the_same_sound():
    sound = a_riff((45, 48, 50, 52) * 4).audio()
    wav, rate = soundfile.read(io.BytesIO(sound.encoded(".wav")))
    assert rate == sound.rate and len(wav) == len(sound.samples)
    np.testing.assert_allclose(wav, sound.samples, atol=1e-4)
    mp3, rate = soundfile.read(io.BytesIO(sound.encoded(".mp3")))
    assert rate == sound.rate
    assert len(mp3) / rate == pytest.approx(sound.seconds, abs=0.1)
    assert np.abs(mp3).max() < 1
    assert 10 * len(sound.encoded(".mp3")) < len(sound.encoded(".wav"))
    with pytest.raises(ValueError, match=".flac"):
        sound.encoded(".flac")


def test_silence_cannot_be_rendered():
    with pytest.raises(ValueError, match="no note"):
        a_riff(()).audio()


def test_player_is_html_that_needs_no_other_host():
    html = a_riff().audio()._repr_html_()
    assert html.startswith("<audio controls") and "data:audio/mpeg;base64," in html
    assert "http" not in html.split("base64,")[0]


def test_speakers_play_or_say_why_not(monkeypatch):
    sound = a_riff().audio()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert "Playing" in sound.play_on_speakers()
    ru.stop_speakers()
    monkeypatch.setenv("SDL_AUDIODRIVER", "none such")
    assert "no sound device" in sound.play_on_speakers()


def test_a_missing_soundfont_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ROCKONET_SOUNDFONT", str(tmp_path / "mine.sf2"))
    with pytest.raises(FileNotFoundError, match="mine.sf2"):
        ru.soundfont()


def test_piano_roll_draws_each_note_and_shades_the_prompt():
    riff = a_riff((40, 43, 45, 47) * 4, prompt_events=8)
    figure = riff.piano_roll()
    ax = figure.axes[0]
    assert len(ax.patches) == 16 + 1  # the shade is a patch too
    first = ax.patches[0]
    assert (first.get_x(), first.get_y() + first.get_height() / 2) == (1, 40)
    assert first.get_width() == pytest.approx(6 / 48)
    assert any(line.get_xdata()[0] == 2 for line in ax.lines)  # eight eighths are one bar
    assert "prompt" in ax.get_title("right")
    assert not a_riff().piano_roll().axes[0].lines


def test_piano_roll_shows_only_the_bars_asked_for():
    notes = ru.notes_from_events(a_riff((40, 43, 45, 47) * 8).events)  # four bars
    ax = ru.piano_roll(notes, bars=(2, 3)).axes[0]
    assert len(ax.patches) == 16 and ax.get_xlim() == (2, 4)
    empty = ru.piano_roll(notes, bars=(50, 51)).axes[0]
    assert [text.get_text() for text in empty.texts] == ["no notes in these bars"]
    for bars in ((8, 1), (0, 3)):
        with pytest.raises(ValueError, match="the first is to be 1 or more"):
            ru.piano_roll(notes, bars=bars)


def test_fretboard_shows_a_pitch_at_all_its_places():
    image = ru.fretboard_chart(np.array([64, 64, 40])).axes[0].images[0].get_array()
    assert image[5, 0] == image[4, 5] == image[3, 9] == 2
    assert image[0, 0] == 1 and image.sum() == 1 + 2 * 5  # E4 lies on five strings up to fret 22


def test_program_chart_counts_a_song_once_for_a_family(folder):
    figure = ru.program_chart(ru.read_folder(folder).values())
    bars = {
        label.get_text(): patch.get_width()
        for label, patch in zip(
            figure.axes[0].get_yticklabels(), figure.axes[0].patches, strict=True
        )
    }
    assert bars == {"guitar": 3, "piano": 1, "drums": 1}


def test_song_browser_follows_the_choice(folder):
    (folder / "bad.mid").write_bytes(b"no")
    panel = ru.song_browser(folder)
    (song, track), (hear, hear_all) = (row.children for row in panel.children[:2])
    song.label = "Two.MID"
    assert [label for label, _ in track.options] == [
        "Lead (jazz guitar, 24 notes)",
        "Drums (drums, 8 notes)",
    ]
    for button in (hear, hear_all):
        button.click()
    seen = []
    track.observe(lambda change: seen.append(change.new), "value")
    song.label = "one.mid"
    assert seen[-1] == (folder / "one.mid", 0)  # a change, though its place is the same
    song.label = "bad.mid"
    assert track.options == () and track.value is None
    hear.click()
    song.label = "one.mid"
    assert track.value == (folder / "one.mid", 0)


def test_sampling_follows_temperature_and_top_p():
    p = np.array([0.5, 0.25, 0.15, 0.1])
    rng = np.random.default_rng(0)

    def shares(temperature, top_p, n=4000, top_k=0):
        rows = np.repeat(p[None], n, axis=0)
        drawn = ru.sample(rows, temperature, top_p, top_k, rng.random(n))
        return np.bincount(drawn, minlength=4) / n

    assert shares(0, 1, 20).tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(shares(1, 1), p, atol=0.04)
    squared = p**2 / (p**2).sum()
    np.testing.assert_allclose(shares(0.5, 1), squared, atol=0.04)
    np.testing.assert_allclose(shares(1, 0.7), [2 / 3, 1 / 3, 0, 0], atol=0.04)
    assert shares(1, 0.01, 50).tolist() == [1, 0, 0, 0]  # the likeliest is never cut off
    np.testing.assert_allclose(shares(1, 1, top_k=3), [5 / 9, 5 / 18, 1 / 6, 0], atol=0.04)
    some = ru.sample(np.array([[0.0, 0, 1, 0], [1, 0, 0, 0]]), 2.0, 1, 0, np.array([0.999, 0.0]))
    assert some.tolist() == [2, 0]  # what has no chance is never drawn


def test_generate_continues_the_prompt_with_its_rhythm(parrot):
    prompt = a_riff((45, 48), step=24)  # A2, C3: codes 0 and 1, half a bar apart
    (riff,) = ru.generate(parrot, bars=2, prompt=prompt)
    assert riff.prompt_events == 2
    np.testing.assert_array_equal(riff.events[:2], prompt.events)
    names = [ru.chord_name(ru.event_pitches(event)) for event in riff.generated]
    assert names == ["D3 A3", "E2", "G2", "A2"]
    assert riff.generated["step"].tolist() == [24, 24, 24, 24]
    assert riff.prompt_ticks == 48


def test_generated_events_start_where_the_prompts_bar_ends(parrot):
    prompt = a_riff((45, 48, 45), step=6)  # a quarter of a bar, then rest
    (riff,) = ru.generate(parrot, bars=2, prompt=prompt)
    assert np.cumsum(riff.events["step"]).tolist() == [0, 6, 12, 48, 54, 60, 96, 102, 108]


def test_even_rhythm_is_as_published_and_silence_can_be_continued(parrot):
    (riff,) = ru.generate(parrot, bars=1, prompt=a_riff((45, 48)), rhythm="even")
    onset = np.cumsum(riff.events["step"]).tolist()  # to the end of a bar more than the prompt's
    assert onset == [0, 6, *range(10, 96, 4)]
    (free,) = ru.generate(parrot, bars=2)
    assert free.prompt_events == 0 and free.prompt_ticks == 0
    assert np.cumsum(free.events["step"]).tolist() == list(range(0, 96, 6))


def test_a_seed_gives_the_same_riffs_and_n_gives_different_ones():
    vocabulary = ru.Vocabulary(tuple(ru.pitch_name(p) for p in range(48, 60)), 5.5, 3.0)

    class Shrug:
        def predict_on_batch(self, window):
            return np.full((len(window), 12), 1 / 12)

    trained = ru.Trained("classic", Shrug(), vocabulary, 4, ru.History((), {}))
    first, again = (ru.generate(trained, n=3, bars=2, seed=7) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.events, two.events)
    assert len({riff.events["bass"].tobytes() for riff in first}) == 3
    alone = ru.generate(trained, n=1, bars=2, seed=7)[0]
    np.testing.assert_array_equal(alone.events, first[0].events)  # company changes nothing


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"bars": 0}, {"temperature": -1}, {"top_p": 0}, {"rhythm": "swing"}]
)
def test_numbers_out_of_range_are_refused(parrot, wrong):
    with pytest.raises(ValueError, match="must be"):
        ru.generate(parrot, **wrong)


def test_random_excerpt_is_a_piece_of_a_track(corpus):
    excerpt = ru.random_excerpt(corpus, 8, seed=1)
    assert len(excerpt.events) == excerpt.prompt_events == 8
    whole = b"".join(corpus.track_events(i)["bass"].tobytes() + b"|" for i in range(2))
    assert excerpt.events["bass"].tobytes() in whole
    assert excerpt.events["step"][0] == 0 and excerpt.title in corpus.songs
    assert {ru.random_excerpt(corpus, 8, seed=s).title for s in range(20)} == set(corpus.songs)
    with pytest.raises(ValueError, match="Ask for fewer"):
        ru.random_excerpt(corpus, 500)


def test_random_excerpt_begins_on_a_bar_line_without_long_rests(tmp_path):
    notes = [(i * 240, 200, 40 + i % 5, 90) for i in range(32)]
    notes += [(i * 240 + 3840, 200, 50, 90) for i in range(32, 64)]  # after two bars of rest
    (tmp_path / "song.mid").write_bytes(midi_bytes([("Guitar", 30, notes)]))
    corpus = ru.build_corpus(tmp_path)
    for seed in range(30):
        excerpt = ru.random_excerpt(corpus, 12, seed)
        assert excerpt.events["step"].max() <= 24
        first = int(excerpt.events["bass"][0])
        assert first == 50 or (first - 40) in {0, 8 % 5, 16 % 5, 24 % 5}


def test_saved_riff_is_read_back_the_same_by_mido(tmp_path):
    riff = a_riff((40, 43, 45, 40), prompt_events=2, tempo_bpm=96, meter=(3, 4), title="My riff!")
    paths = riff.save(tmp_path, [".mid", ".mp3"], band=False)
    assert [path.name for path in paths] == ["my_riff.mid", "my_riff.mp3"]
    file = mido.MidiFile(paths[0])
    messages = [message for track in file.tracks for message in track]
    (tempo,) = [m.tempo for m in messages if m.type == "set_tempo"]
    assert mido.tempo2bpm(tempo) == pytest.approx(96, abs=0.01)
    (meter,) = [m for m in messages if m.type == "time_signature"]
    assert (meter.numerator, meter.denominator) == (3, 4)
    assert [m.program for m in messages if m.type == "program_change"] == [30]
    now, onsets = 0, []
    (guitar,) = [t for t in file.tracks if any(m.type == "note_on" for m in t)]
    for message in guitar:
        now += message.time
        if message.type == "note_on" and message.velocity:
            onsets.append((now * 12 / file.ticks_per_beat, message.note, message.velocity))
    assert onsets == [(0, 40, 90), (6, 43, 90), (12, 45, 90), (18, 40, 90)]
    assert [m.text for m in messages if m.type == "marker"] == ["generated from here"]


def test_saving_in_an_unknown_format_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match=".ogg"):
        a_riff().save(tmp_path / "new", [".mid", ".ogg"])
    assert not (tmp_path / "new").exists()
    paths = a_riff(title="../../etc/passwd").save(tmp_path, [".mid"])
    assert paths[0].parent == tmp_path  # a title never leads out of the folder


def test_odds_chart_shows_temperatures_apart():
    vocabulary = ru.Vocabulary(("A2", "B2", "C3"), 1.0, 1.0)
    ax = ru.odds_chart(np.array([0.6, 0.3, 0.1]), vocabulary, (0.5, 1.0)).axes[0]
    heights = [patch.get_height() for patch in ax.patches]
    squares = np.array([0.36, 0.09, 0.01])
    np.testing.assert_allclose(heights, [*squares / squares.sum(), 0.6, 0.3, 0.1])


def test_drums_are_labelled_as_drums(folder):
    score = ru.read_midi(folder / "Two.MID")
    assert [ru.track_label(t) for t in score.tracks if t.is_drum] == ["Drums (drums, 8 notes)"]
    assert melody([40])[1] == 30


@pytest.fixture(scope="module", params=["riff", "classic"])
def shipped(request):
    return ru.load_trained(ru.shipped_model(request.param))


def test_the_shipped_model_plays_a_riff_that_can_be_heard(shipped):
    corpus = ru.build_corpus(ru.settings(data="starter").folder)
    test = ru.split_by_song(corpus)[2]
    prompt = ru.random_excerpt(test, 24, seed=5)
    riff, other = ru.generate(shipped, n=2, bars=8, prompt=prompt, seed=1)
    assert riff.prompt_events == 24
    np.testing.assert_array_equal(riff.events[:24], prompt.events)
    assert riff.generated.tobytes() != other.generated.tobytes()
    assert len({ru.event_pitches(event) for event in riff.generated}) > 4

    sound = riff.audio()
    assert -12 < sound.peak_dbfs < -0.1
    loud = np.flatnonzero(np.abs(sound.samples).max(1) > 0.003)
    assert np.diff(loud, prepend=0).max() < 2 * sound.rate

    # Single notes with a quarter of a second to themselves sound at the pitch that is written.
    onset = np.cumsum(riff.events["step"]) * 60 / riff.tempo_bpm / ru.TICKS_PER_QUARTER
    room = np.diff(onset, append=onset[-1] + 1)
    alone = [i for i in range(len(onset)) if riff.events["shape"][i] == 1 and room[i] > 0.17]
    pitches = riff.events["bass"][alone].tolist()
    found = [heard(sound, onset[i] + 0.03, 0.13, range(40, 80)) for i in alone]
    assert len(set(found)) > 4
    # Not all: the note before rings on into a short one. By chance it would be one in forty.
    assert np.mean([f == p for f, p in zip(found, pitches, strict=True)]) > 0.7


def test_a_seed_gives_the_same_riff_from_the_shipped_model(shipped):
    first, again = (ru.generate(shipped, bars=2, seed=5)[0].events for _ in range(2))
    np.testing.assert_array_equal(first, again)
