"""MIDI files as programs of all kinds write them, a few bars each, made with mido.

An event is (tick, message); a quarter note has 480 ticks. Notes end before others begin.
"""

import io

import mido

Q = 480
BAR = 4 * Q
RIFF = (40, 40, 43, 45, 40, 40, 47, 45)


def midi_file(*chunks, kind=1):
    """The bytes of a file; a chunk is a list of events, in any order."""
    file = mido.MidiFile(type=kind, ticks_per_beat=Q)
    for events in chunks:
        track, now = mido.MidiTrack(), 0
        for tick, message in sorted(events, key=lambda e: (e[0], e[1].type == "note_on")):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def note(tick, length, pitch, channel=0, velocity=90):
    """A note; of length None it never ends."""
    on = mido.Message("note_on", note=pitch, channel=channel, velocity=velocity)
    off = mido.Message("note_off", note=pitch, channel=channel)
    return [(tick, on)] if length is None else [(tick, on), (tick + length, off)]


def notes(pitches, tick=0, step=Q, channel=0):
    """One note after the other."""
    return [e for i, p in enumerate(pitches) for e in note(tick + i * step, step, p, channel)]


def program(number, channel=0, tick=0):
    return [(tick, mido.Message("program_change", program=number, channel=channel))]


def named(name):
    return [(0, mido.MetaMessage("track_name", name=name))]


def tempo(bpm, tick=0):
    return [(tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm)))]


def meter(beats, value=4, tick=0):
    return [(tick, mido.MetaMessage("time_signature", numerator=beats, denominator=value))]


def parameter(number, coarse, channel=0, tick=0):
    """A registered parameter (RPN): 0 is the range of the wheel, 2 the coarse tuning."""
    pairs = [(101, 0), (100, number), (6, coarse), (38, 0)]
    return [
        (tick, mido.Message("control_change", control=c, value=v, channel=channel))
        for c, v in pairs
    ]


def wheel(tick, value, channel=0):
    return [(tick, mido.Message("pitchwheel", pitch=value, channel=channel))]


HEAD = tempo(120) + meter(4)


def exports():
    """By name: inputs that were read wrongly once."""
    chord = [(40, 0), (47, 1), (52, 1)]
    strings = {1: 64, 2: 59, 3: 55, 4: 50, 5: 45, 6: 40}
    palm = program(30, 2) + program(28, 2, 2 * Q) + program(30, 2, 4 * Q)
    drift = [e for i in range(16) for e in tempo(138 + i % 4, i * Q)]
    odd = meter(2, 4, 2 * BAR) + meter(4, 4, 2 * BAR + 2 * Q)
    slide = wheel(Q + 60, 4000) + wheel(Q + 120, 8191) + wheel(2 * Q, 0)
    return {
        # MuseScore 3, of a riff saved as .mid: no program, no name.
        "no program": midi_file(HEAD + notes(RIFF)),
        # MuseScore, of a song with a pickup of two quarters.
        "pickup of two": midi_file(
            tempo(120) + meter(2) + meter(4, 4, 2 * Q),
            named("Guitar") + program(30) + notes((47, 45, *RIFF)),
        ),
        # Guitar Pro: the bent string of a chord is on a channel of its own.
        "chord on two channels": midi_file(
            HEAD,
            named("Lead")
            + program(30, 0)
            + program(30, 1)
            + parameter(0, 12, 1)
            + [e for pitch, channel in chord for e in note(0, Q, pitch, channel)]
            + [e for pitch, channel in chord for e in note(Q, Q, pitch + 3, channel)]
            + [(t, m.copy(channel=1)) for t, m in slide],
        ),
        # TuxGuitar: the range of the wheel is set before the program.
        "range before program": midi_file(
            HEAD, named("Lead") + parameter(0, 6) + program(29, 0, 1) + notes(RIFF) + slide
        ),
        # Reaper: the tempo follows a drummer, a new one at each beat, after a count-in at 60.
        "tempo map": midi_file(
            tempo(60) + [(t + 2 * BAR, m) for t, m in drift] + meter(4),
            named("Gtr") + program(30) + notes(RIFF * 2, 2 * BAR),
        ),
        # Band-in-a-Box: the meter is written anew in each bar, a bar of 2/4 stands in the middle.
        "odd bar": midi_file(
            tempo(120) + meter(4) + meter(4, 4, BAR) + odd,
            named("Guitar") + program(27, 6) + notes(RIFF + (43, 45) + RIFF * 3, 0, Q, 6),
        ),
        # Roland GR-55 into a sequencer: a track for each string.
        "track a string": midi_file(
            HEAD,
            *(
                named(f"GR-55 string {n}")
                + program(27, 9 + n)
                + note((6 - n) * Q, Q, pitch, 9 + n)
                + note(6 * Q, 2 * Q, pitch, 9 + n)
                for n, pitch in strings.items()
            ),
        ),
        # A karaoke file of type 0: bass, a guitar that mutes its strings by program, another one.
        "type 0": midi_file(
            HEAD
            + named("A song")
            + program(33, 1)
            + notes((28, 31) * 4, 0, Q, 1)
            + palm
            + notes(RIFF, 0, Q, 2)
            + program(28, 3)
            + notes(RIFF[::-1], 0, Q, 3)
            + notes((36, 38) * 4, 0, Q, 9),
            kind=0,
        ),
        # A sequencer that tunes the channel down a tone for a guitar in D.
        "channel in D": midi_file(
            HEAD, named("Gtr") + program(30) + parameter(2, 62) + notes(RIFF)
        ),
        # The name says how the guitar is tuned, the notes do not.
        "name says drop D": midi_file(HEAD, named("Rhythm (Drop D)") + program(30) + notes(RIFF)),
        # MuseScore and Guitar Pro play grace notes before the beat: here 12 ms, within a tick.
        "grace note": midi_file(
            HEAD,
            named("Gtr")
            + program(30)
            + notes(RIFF[:4])
            + note(4 * Q - 12, 12, 50)
            + notes((52, 50), 4 * Q),
        ),
        # A live recording whose last chord, and one strike before, are never ended.
        "no ends": midi_file(
            HEAD,
            named("Gtr")
            + program(30)
            + note(0, None, 40)
            + note(Q, Q, 40)
            + note(2 * Q, Q, 45)
            + note(4 * Q, None, 40)
            + note(4 * Q, None, 47)
            + [(12 * Q, mido.MetaMessage("marker", text="end"))],
        ),
        # A keyboard whose name has the word, with more notes than the guitar.
        "keyboard": midi_file(
            HEAD,
            named("Guitar Keys") + program(4) + notes((60, 64, 67) * 8, 0, Q // 2),
            named("Jackson") + program(30, 1) + notes(RIFF, 0, Q, 1),
        ),
        # The tracks of a sequencer: the program stands in a set-up track.
        "set-up track": midi_file(
            HEAD + named("setup") + program(0, 0) + program(29, 3),
            named("Lead") + notes(RIFF, 0, Q, 3),
        ),
    }
