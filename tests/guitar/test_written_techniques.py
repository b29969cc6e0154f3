"""How techniques are written: .gp5, .gp, .mid, tab text, MusicXML, the score and the piano roll."""

import bisect
import collections
import dataclasses
import io
from xml.etree import ElementTree

import guitarpro
import mido
import music21
import numpy as np
import pytest
from technique_riffs import a_played_riff, random_played_riff

import rockonet_utils as ru
from rockonet.common.pitch_curve import bend_corners, pitch_curve
from rockonet.common.techniques import BENDS
from rockonet.common.techniques import Technique as T

FIELDS = ["step", "bass", "shape", "duration", "technique", "bend", "bent"]
SEEDS = range(12)


def rows(events):
    return [tuple(int(event[field]) for field in FIELDS) for event in events]


# The lick that tests look at by hand, at 120 bpm: (step, duration, strings, technique, bend, bent).
LICK = [
    (0, 12, {3: 5}),
    (12, 12, {3: 7}, T.LEGATO),
    (12, 12, {3: 5}, T.LEGATO),
    (12, 12, {3: 9}, T.SLIDE),
    (12, 24, {3: 9}, T.BEND | T.VIBRATO, 4),
    (24, 12, {3: 9}, T.BEND | T.RELEASE, 2),
    (12, 12, {3: 9}, T.PREBEND | T.RELEASE, 4),
    (12, 12, {3: 7, 4: 5}, T.BEND, 4, (3,)),
    (12, 12, {5: 12}, T.HARMONIC),
    (12, 1, {0: 0}, T.PALM_MUTE),
    (12, 1, {1: 3}, T.DEAD),
]


def lick():
    return a_played_riff([*LICK, (12, 48, {4: 5}, T.TREMOLO | T.LET_RING)], title="lick")


def test_the_riffs_of_these_tests_can_be_played_and_have_everything():
    kinds = collections.Counter()
    for seed in SEEDS:
        riff = random_played_riff(seed)
        assert not riff.fingering.unplayable and not riff.fingering.impossible_techniques
        kinds.update(flag for event in riff.events for flag in T if int(event["technique"]) & flag)
    assert set(kinds) == set(T) and min(kinds.values()) >= 5


@pytest.mark.parametrize(
    ("suffix", "seeds"), [(".gp5", SEEDS), (".gp", SEEDS), (".musicxml", SEEDS[::4])]
)
def test_what_is_written_comes_back_the_same(tmp_path, suffix, seeds):
    path = tmp_path / f"riff{suffix}"
    for seed in seeds:
        riff = random_played_riff(seed)
        path.write_bytes(riff.encoded(suffix))
        back = ru.prompt_from_file(path, bars=1000)
        assert rows(back.events) == rows(riff.events)
        np.testing.assert_array_equal(back.fingering.frets, riff.fingering.frets)


@pytest.mark.parametrize("suffix", [".gp5", ".gp"])
def test_a_slide_from_a_short_note_is_one_from_that_note(tmp_path, suffix):
    riff = a_played_riff([(0, 1, {0: 3}, T.PALM_MUTE), (12, 36, {0: 5}, T.SLIDE)])
    assert [symbol.event for symbol in riff.symbols] == [0, 1]  # no rest between them
    path = tmp_path / f"riff{suffix}"
    path.write_bytes(riff.encoded(suffix))
    assert rows(ru.prompt_from_file(path).events) == rows(riff.events)


def test_of_a_chord_the_strings_that_move_are_hammered():
    held = [(0, 24, {2: 7, 3: 7}), (24, 24, {2: 9, 3: 7}, T.LEGATO)]
    riff = a_played_riff([*held, (24, 48, {2: 9, 3: 5}, T.LEGATO)])
    assert [[n.origin for n in notes] for notes in riff.notes] == [[-1, -1], [7, -1], [-1, 7]]
    assert [line for line in riff.tab().splitlines() if line[:1] in list("GD")] == [
        "G|7---7--p|5-------|",
        "D|7--h9---|9-------|",
    ]


def test_pyguitarpro_reads_effects_and_points_of_bends():
    song = guitarpro.parse(io.BytesIO(ru.guitar_pro(lick())))
    beats = [beat for m in song.tracks[0].measures for beat in m.voices[0].beats if beat.notes]
    effects = [beat.notes[0].effect for beat in beats]
    assert [effect.hammer for effect in effects[:4]] == [True, True, False, False]
    slides = [[slide.name for slide in effect.slides] for effect in effects[:4]]
    assert slides == [[], [], ["legatoSlideTo"], []]
    points = [[(p.position, p.value) for p in e.bend.points] for e in effects[4:7]]
    assert points == [
        [(0, 0), (6, 4), (12, 4)],
        [(0, 0), (4, 2), (8, 2), (12, 0)],
        [(0, 4), (12, 0)],
    ]
    assert effects[4].vibrato and not effects[5].vibrato
    bent = {note.string: bool(note.effect.bend) for note in beats[7].notes}
    assert bent == {3: True, 2: False}  # strings are counted from the highest
    assert isinstance(effects[8].harmonic, guitarpro.NaturalHarmonic)
    assert effects[9].palmMute and beats[10].notes[0].type is guitarpro.NoteType.dead
    assert effects[11].tremoloPicking.duration.value == 16 and effects[11].letRing


class Wheels:
    """What a MIDI file says of the channels of its guitar: notes, and where their wheels are."""

    def __init__(self, riff):
        file = mido.MidiFile(file=io.BytesIO(riff.encoded(".mid", band=False)))
        self.seconds = 60 / riff.tempo_bpm / file.ticks_per_beat
        self.notes, self.pedal = [], []  # (channel, begin, end, pitch, velocity), times in ticks
        self.turns = collections.defaultdict(lambda: [(0, 0.0)])
        self.semitones, self.programs = {}, {}
        now, sounding, pedals, number = 0, {}, {}, {}
        for message in file.tracks[1]:
            now += message.time
            if message.is_meta:
                continue
            channel = message.channel
            if message.type == "program_change":
                self.programs[channel] = message.program
            elif message.type == "control_change" and message.control in (100, 101):
                number[channel, message.control] = message.value
            elif message.type == "control_change" and message.control == 6:
                assert number[channel, 100] == number[channel, 101] == 0 and now == 0
                self.semitones[channel] = message.value
            elif message.type == "control_change" and message.control == 68:
                pedals[channel] = message.value
            elif message.type == "pitchwheel":
                height = message.pitch / 8192 * self.semitones[channel]
                self.turns[channel].append((now, height))
            elif message.type == "note_on" and message.velocity:
                sounding[channel, message.note] = (now, message.velocity)
                self.pedal.append(pedals.get(channel, 0) >= 64)
            elif message.type in ("note_on", "note_off"):
                begin, velocity = sounding.pop((channel, message.note))
                self.notes.append((channel, begin, now, message.note, velocity))
        assert not sounding and not any(pedals.values())
        self.notes.sort(key=lambda note: (note[1], note[3]))

    def height(self, channel, tick):
        """Where the wheel of a channel is, after all that is said at that time."""
        place = bisect.bisect_right([time for time, _ in self.turns[channel]], tick) - 1
        return self.turns[channel][place][1]


def test_the_wheel_bends_the_notes_that_are_bent_and_no_others():
    for seed in SEEDS:
        riff = random_played_riff(seed)
        wheels = Wheels(riff)
        sounding = ru.sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)
        columns = [sounding[name].tolist() for name in ("onset", "pitch", "technique", "bend")]
        wanted = sorted(zip(*columns, sounding["slide"].tolist(), strict=True))
        assert [(begin // 40, pitch) for _, begin, _, pitch, _ in wheels.notes] == [
            note[:2] for note in wanted
        ]
        for (channel, begin, end, *_), (_, _, technique, bend, slide) in zip(
            wheels.notes, wanted, strict=True
        ):
            ticks = [*range(begin, end - 1, 4), end - 1]
            heights = [wheels.height(channel, tick) for tick in ticks]
            up = bend / 2
            wave = 0.26 if technique & T.VIBRATO else 0.01
            assert heights[0] == pytest.approx(up if technique & T.PREBEND else 0, abs=0.01)
            assert max(heights) <= max(up, slide, 0) + wave
            assert min(heights) >= min(slide, 0) - wave
            if bend and not slide:
                assert max(heights) == pytest.approx(up, abs=wave)
            if slide:  # it arrives in time
                assert heights[-1] == pytest.approx(slide, abs=0.01)
            elif technique & T.RELEASE:
                assert heights[-1] == pytest.approx(0, abs=wave + 0.01)
            elif technique & BENDS:
                assert heights[-1] == pytest.approx(up, abs=wave)
            if technique & T.VIBRATO and (end - begin) * wheels.seconds > 0.5 and not slide:
                assert max(heights) - min(heights[len(heights) // 2 :]) > 0.4
        for channel, turns in wheels.turns.items():
            assert turns[-1][1] == 0 and wheels.semitones.get(channel, 2) >= 2


def test_what_midi_says_of_a_lick():
    riff = lick()
    wheels = Wheels(riff)
    pitches = [note[3] for note in wheels.notes]
    # The harmonic sounds an octave over the open string, and has the sound of that name.
    assert pitches == [60, 62, 60, 64, 64, 64, 64, 62, 64, 76, 40, 48, 64]
    assert [wheels.programs[note[0]] for note in wheels.notes] == [30] * 9 + [31] + [30] * 3
    assert wheels.pedal == [False, True, True] + [False] * 10
    muted, dead = wheels.notes[10:12]
    assert muted[2] - muted[1] == 40 and (dead[2] - dead[1], dead[4]) == (20, 40)
    # Of the two strings that are struck together, the one that is bent has a channel of its own.
    bent, still = wheels.notes[7:9]
    assert bent[0] != still[0] and wheels.height(bent[0], bent[2] - 1) == pytest.approx(2, abs=0.01)
    assert all(wheels.height(still[0], tick) == 0 for tick in range(still[1], still[2]))
    assert set(wheels.semitones.values()) == {4}  # of the slide, from 5 to 9


LOST_IN_MIDI = T.TREMOLO | T.LET_RING  # and how a string moves that does two things at once


@pytest.mark.filterwarnings("ignore:.*several channels")
def test_what_is_written_as_midi_comes_back_with_what_midi_can_say(tmp_path):
    riffs = [random_played_riff(seed, lengths=(12, 24)) for seed in range(24)]
    for seed, riff in enumerate(riffs):
        (tmp_path / f"{seed:02}.mid").write_bytes(riff.encoded(".mid", band=False))
    corpus = ru.build_corpus(tmp_path)
    compared = 0
    for track, riff in enumerate(riffs):
        wanted, found = riff.events, corpus.track_events(track)
        bends, waves, slides = (
            wanted["technique"] & flags > 0 for flags in (BENDS, T.VIBRATO, T.SLIDE)
        )
        away = np.append(slides[1:], False)  # whether the finger slides on from there
        two = bends & waves | (bends | waves) & away
        two |= slides & np.insert((bends | waves)[:-1], 0, False)
        # The string of a harmonic is found if it is touched where most are, and a track of such
        # sounds is believed if three of four can be harmonics; those over fret 9 are not known.
        fret, harmonic = riff.fingering.frets.max(axis=1), wanted["technique"] & T.HARMONIC > 0
        believed = not harmonic.any() or np.mean(fret[harmonic] != 9) >= 0.75
        touched = believed & np.isin(fret, (5, 7, 12))
        same = ~two & (touched | ~harmonic)
        for field in ("step", "shape", "duration"):
            np.testing.assert_array_equal(found[field], wanted[field])
        np.testing.assert_array_equal(found["bass"][~harmonic], wanted["bass"][~harmonic])
        for field in ("bend", "bent"):
            np.testing.assert_array_equal(found[field][same], wanted[field][same])
        kept = wanted["technique"] & ~np.uint16(LOST_IN_MIDI)
        np.testing.assert_array_equal(found["technique"][same], kept[same])
        compared += same.sum()
        if track < 4:
            prompt = ru.prompt_from_midi(riff.encoded(".mid"), bars=1000)
            assert rows(prompt.events) == rows(found)
    assert compared > 300


def test_a_bend_takes_as_long_as_a_hand():
    assert bend_corners(T.BEND, 4, 2.0) == ((0, 0), (0.25, 2), (2, 2))
    assert bend_corners(T.BEND, 3, 0.2) == ((0, 0), (0.1, 1.5), (0.2, 1.5))
    assert bend_corners(T.BEND | T.RELEASE, 2, 2.0) == (
        (0, 0),
        (0.25, 1),
        (1, 1),
        (1.25, 0),
        (2, 0),
    )
    assert bend_corners(T.PREBEND, 2, 1.0) == ((0, 1), (1, 1))
    half = pitch_curve(np.array([0, 0.125, 0.25, 1]), T.BEND, 4, 2.0)
    assert half.tolist() == pytest.approx([0, 1, 2, 2])
    slide = pitch_curve(np.array([0.5, 0.88, 0.92, 0.96, 0.99, 1.0]), 0, 0, 1.0, -3)
    assert slide.tolist() == [0, 0, -1, -2, -3, -3]
    wave = pitch_curve(np.linspace(0, 1, 1001), T.VIBRATO, 0, 1.0)
    assert (wave[:300] == 0).all() and np.abs(wave).max() == pytest.approx(0.25, abs=1e-3)
    assert ((wave[300:-1] <= 1e-9) & (wave[301:] > 1e-9)).sum() == 4 and wave[-1] == pytest.approx(
        0
    )  # four waves in 0.7 s, and back at rest


def test_tab_has_the_signs_that_guitarists_write():
    riff = lick()
    text = riff.tab()
    strings = collections.defaultdict(str)
    for line in text.splitlines():
        if "|" in line:
            strings[line[0]] += line[2:-1]
    assert strings["G"].replace("-", "").replace("|", "") == "5h7p5/99b11~9b10r99pb11r97b9"
    assert "<12>" in strings["e"] and "x" in strings["A"]
    legend = " ".join(text.splitlines()[1:4])
    for sign in ("h hammer-on", "b bend to that fret", "PM palm mute", "<> harmonic", "x dead"):
        assert sign in legend
    assert "tapped" not in legend and "slide down" not in legend
    plain = dataclasses.replace(riff, events=without(riff.events)).tab()
    assert plain.splitlines()[1] == "" and not set("hpb/\\~<x") & set("".join(plain.split("|")[1:]))


def without(events):
    events = events.copy()
    events["technique"], events["bend"], events["bent"] = 0, 0, 0
    events["duration"] = 12
    return events


def test_typed_tab_comes_back_but_for_the_frets_of_dead_notes():
    for seed in SEEDS:
        riff = random_played_riff(seed)
        back = ru.prompt_from_text(riff.tab(), riff.tempo_bpm)
        wanted, dead = riff.events.copy(), riff.events["technique"] & T.DEAD > 0
        wanted["bass"][dead] = back.events["bass"][dead]
        wanted["duration"] = np.minimum(wanted["duration"], riff.ticks_per_bar)
        assert rows(back.events) == rows(wanted)
        np.testing.assert_array_equal(back.fingering.frets[~dead], riff.fingering.frets[~dead])


def test_lines_over_a_tab_say_how_long_a_technique_holds():
    mutes = [(0, 1, {0: 0}, T.PALM_MUTE)] + [(6, 1, {0: 0}, T.PALM_MUTE)] * 3
    rest = [(6, 6, {0: 3, 1: 5}), (6, 6, {0: 3, 1: 5}), (6, 1, {0: 0}, T.PALM_MUTE)]
    over, beats, *_, low = a_played_riff([*mutes, *rest]).tab().splitlines()[3:]
    assert over == "  PM-----     PM" and beats == "  1   2   3   4"
    assert low == "E|0-0-0-0-3-3-0---|"


def technical(riff, staff):
    """For each note in a staff of the MusicXML: its technical notations and others, by name."""
    found = []
    for note in ElementTree.fromstring(ru.musicxml(riff)).iter("note"):
        if note.findtext("staff") == staff and note.find("pitch") is not None:
            signs = [e for kind in note.findall("notations") for e in kind.iter()]
            found.append({(e.tag, e.get("type")) for e in signs if e.tag != "notations"})
    return found


def test_both_staves_of_the_musicxml_say_the_same():
    for seed in SEEDS[::2]:
        riff = random_played_riff(seed)
        only_one = {"slur", "staccato", "string", "fret", "technical", "tuplet", "articulations"}
        staff, tab = (
            [{sign for sign in signs if sign[0] not in only_one} for signs in technical(riff, n)]
            for n in "12"
        )
        assert staff == tab


def test_music21_reads_the_techniques_of_the_score():
    for seed in SEEDS[::3]:
        riff = random_played_riff(seed)
        score = music21.converter.parse(ru.musicxml(riff), format="musicxml")
        staff = score.parts[0]
        chords = [e for e in staff.recurse().notes if e.tie is None or e.tie.type == "start"]
        notes = [(note, chord) for chord in chords for note in getattr(chord, "notes", (chord,))]
        first = [(n, s) for s, notes in zip(riff.symbols, riff.notes, strict=True) for n in notes]
        wanted = [note for note, symbol in first if not symbol.tied]
        assert len(notes) == len(wanted)
        for (note, chord), played in zip(notes, wanted, strict=True):
            assert note.pitch.midi == played.pitch
            assert (note.notehead == "x") == bool(played.technique & T.DEAD)
            signs = [type(a).__name__ for a in (*note.articulations, *chord.articulations)]
            assert ("StringHarmonic" in signs) >= bool(played.technique & T.HARMONIC)
            tremolos = [e for e in chord.expressions if "Tremolo" in type(e).__name__]
            assert bool(tremolos) == bool(played.technique & T.TREMOLO)
        bends = [
            (a.bendAlter.semitones, a.preBend, a.release is not None)
            for chord in chords
            for a in chord.articulations
            if isinstance(a, music21.articulations.FretBend)
        ]
        assert sorted(bends) == sorted(sum((bends_of(note) for note in wanted), []))
        own = {id(note) for note, _ in notes} | {id(note) for note in staff.recurse().notes}
        pairs = [(s, s.getSpannedElements()) for s in staff.recurse().spanners]
        single = ("TrillExtension",)  # what music21 calls a wavy line of one note
        assert all(len(pair) == 2 for span, pair in pairs if type(span).__name__ not in single)
        spans = collections.Counter(type(s).__name__ for s, (a, *_) in pairs if id(a) in own)
        waves = sum(bool(n.technique & T.VIBRATO) for n, _ in first)  # a wavy line for each
        assert spans["TrillExtension"] == waves
        joined = [n for n in wanted if n.origin >= 0]
        slides = sum(bool(n.technique & T.SLIDE) for n in joined)
        legato = [n for n in joined if n.technique & T.LEGATO]
        assert spans["Glissando"] == slides
        assert spans["HammerOn"] == sum(n.fret > n.origin for n in legato)
        assert spans["PullOff"] == sum(n.fret < n.origin for n in legato)


def bends_of(note):
    """What music21 should find of the bend of a note: semitones, pre-bend, release."""
    up, before = note.bend / 2, bool(note.technique & T.PREBEND)
    if not note.technique & BENDS:
        return []
    release = [(-up, False, True)] if note.technique & T.RELEASE else []
    return [(-up if before else up, before, False), *release]


def test_what_verovio_leaves_out_is_drawn_over_its_picture():
    riff = dataclasses.replace(lick(), prompt_events=5)
    picture = riff.score().svg
    root = ElementTree.fromstring(picture)
    (marks,) = [e for e in root.iter() if e.get("class") == "techniques"]
    words = collections.Counter(e.text for e in marks.iter() if e.tag.endswith("text"))
    assert words == {"H": 1, "P": 1, "full": 3, "½": 1, "P.M.": 1, "trem.": 1, "let ring": 1}
    arrows = [e for e in marks.iter() if e.tag.endswith("polygon")]
    assert len(arrows) == 6  # four up and two down
    figures = {
        e.get("id"): "".join(e.itertext()) for e in root.iter() if str(e.get("id")).startswith("t-")
    }
    number = [i for i, notes in enumerate(riff.notes) if notes and notes[0].technique & T.DEAD][0]
    assert figures[f"t-{number}-0"] == "✕" and "<12>" in figures.values()
    # What is drawn has the colour of what it belongs to, and nothing keeps room any more.
    assert ru.SCORE_COLOUR in picture
    assert [
        w for w in root.iter() if w.get("class") == "dir" and len("".join(w.itertext())) < 2
    ] == []
    plain = dataclasses.replace(riff, events=without(riff.events))
    assert 'class="techniques"' not in plain.score().svg


def test_the_arrow_of_a_bend_begins_at_its_figure_and_ends_over_the_tab():
    riff = a_played_riff([(0, 24, {3: 7}, T.BEND, 4), (24, 24, {4: 8})])
    root = ElementTree.fromstring(riff.score().svg)
    by_id = {e.get("id"): e for e in root.iter()}
    (figure,) = [e for e in by_id["t-0-0"].iter() if e.tag.endswith("text")]
    (marks,) = [e for e in root.iter() if e.get("class") == "techniques"]
    path = next(e.get("d") for e in marks.iter() if e.tag.endswith("path"))
    begin = [float(n) for n in path[1:].split(" C")[0].split()]
    end = [float(n) for n in path.split()[-2:]]
    x, y = float(figure.get("x")), float(figure.get("y"))
    assert 0 < begin[0] - x < 250 and abs(begin[1] - y) < 150  # right of it, on its line
    assert x < end[0] < x + 700 and end[1] < y - 2.5 * 314  # over the third line of six


def test_the_piano_roll_draws_bends_as_curves_and_tells_them_by_shape():
    figure = lick().piano_roll()
    ax = figure.axes[0]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["bend, vibrato", "slide", "dead note", "harmonic"]
    shapes = {(line.get_linestyle(), line.get_marker()) for line in ax.get_legend().get_lines()}
    assert len(shapes) == 4
    highest = [max(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) > 10]
    assert highest == pytest.approx([66.25, 65, 66, 64], abs=0.05)
    crosses = [line for line in ax.lines if line.get_marker() == "x"]
    assert [list(line.get_ydata()) for line in crosses] == [[48]]
    plain = dataclasses.replace(lick(), events=without(lick().events)).piano_roll()
    assert plain.axes[0].get_legend() is None
