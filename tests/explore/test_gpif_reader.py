"""The XML of Guitar Pro 6 to 8, in both containers: small scores written out by hand."""

import io
import os
import time
import zipfile

import numpy as np
import pytest
from gpx_writer import container, packed
from helpers import random_riff

import rockonet_utils as ru

T = ru.Technique
VALUES = {1: "Whole", 2: "Half", 4: "Quarter", 8: "Eighth", 16: "16th", 32: "32nd"}
TUNING = "<Properties><Property name='Tuning'><Pitches>{}</Pitches></Property>{}</Properties>"
SOUND = "<Sounds><Sound><Name>a</Name><Path>p</Path><Role>r</Role><MIDI><Program>{}</Program></MIDI></Sound></Sounds>"  # noqa: E501


def a_note(string, fret, more="", properties=""):
    return (
        f"<Properties><Property name='String'><String>{string}</String></Property>"
        f"<Property name='Fret'><Fret>{fret}</Fret></Property>{properties}</Properties>{more}"
    )


def enabled(*names):
    return "".join(f"<Property name='{name}'><Enable/></Property>" for name in names)


def a_score(bars, track=None, masters=(), head="", title="Ein Lied", tuning="40 45 50 55 59 64"):
    """The XML of a track: bars of voices of beats, each (value, notes, more); notes as `a_note`."""
    track = track or "<Staves><Staff>" + TUNING.format(tuning, "") + "</Staff></Staves>"
    track += "" if "Program" in track else SOUND.format(30)
    parts = {"Voice": [], "Beat": [], "Note": []}
    bar_elements = []
    for bar in bars:
        names = []
        for voice in bar if isinstance(bar, list) else []:
            numbers = []
            for value, notes, *more in voice:
                first = len(parts["Note"])
                parts["Note"] += notes
                ids = " ".join(str(first + i) for i in range(len(notes)))
                rhythm = [*VALUES, "5:4", "..", "3:2"].index(value)
                parts["Beat"].append(
                    f"<Dynamic>F</Dynamic><Rhythm ref='{rhythm}'/>"
                    + (f"<Notes>{ids}</Notes>" if notes else "")
                    + "".join(more)
                )
                numbers.append(len(parts["Beat"]) - 1)
            names.append(len(parts["Voice"]))
            parts["Voice"].append(f"<Beats>{' '.join(map(str, numbers))}</Beats>")
        voices = " ".join(map(str, (names + [-1] * 4)[:4]))
        bar_elements.append(f"<Voices>{voices}</Voices>" + (bar if isinstance(bar, str) else ""))
    lists = {"Bar": bar_elements, **parts}
    rhythms = [f"<NoteValue>{name}</NoteValue>" for name in VALUES.values()]
    rhythms.append("<NoteValue>Quarter</NoteValue><PrimaryTuplet num='5' den='4'/>")
    rhythms.append("<NoteValue>Quarter</NoteValue><AugmentationDot count='2'/>")
    rhythms.append(
        "<NoteValue>Half</NoteValue><PrimaryTuplet><Num>3</Num><Den>2</Den></PrimaryTuplet>"
    )
    lists["Rhythm"] = rhythms
    master_bars = ""
    for number in range(len(bars)):
        told = masters[number] if number < len(masters) else ""
        told += "" if "<Time>" in told else "<Time>4/4</Time>"
        master_bars += f"<MasterBar>{told}<Bars>{number}</Bars></MasterBar>"
    body = "".join(
        f"<{kind}s>"
        + "".join(f"<{kind} id='{i}'>{text}</{kind}>" for i, text in enumerate(elements))
        + f"</{kind}s>"
        for kind, elements in lists.items()
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><GPIF><Score><Title><![CDATA[{title}]]></Title>"
        f"</Score><MasterTrack>{head}</MasterTrack><Tracks><Track id='0'><Name>Gitarre</Name>"
        f"{track}</Track></Tracks><MasterBars>{master_bars}</MasterBars>{body}</GPIF>"
    ).encode()


def archived(xml, name="Content/score.gpif", packing=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr("VERSION", "7.0")
        archive.writestr(name, xml)
    return buffer.getvalue()


def parsed(bars, **more):
    return ru.parse_guitar_pro(archived(a_score(bars, **more)), "x.gp")


def rows(song, *fields, track=0):
    notes = song.tracks[track].notes
    columns = [notes[f] / ru.SONG_TICKS if f in ("time", "duration") else notes[f] for f in fields]
    return list(zip(*(np.round(column, 3).tolist() for column in columns), strict=True))


def test_notes_ties_tuplets_dots_and_voices():
    tie_on, tie_end = ("<Tie origin='{}' destination='{}'/>".format(*w) for w in
                       (("true", "false"), ("false", "true")))  # fmt: skip
    song = parsed(
        [
            [[(2, [a_note(0, 3)]), (2, [a_note(1, 2, tie_on), a_note(2, 2)])],
             [("5:4", [a_note(5, i)]) for i in range(5)]],
            [[(4, [a_note(1, 2, tie_end)]), ("..", [a_note(1, 5)]), (8, []), (8, [a_note(0, 0)])]],
            [[("3:2", [a_note(0, i)]) for i in range(3)]],
        ]
    )  # fmt: skip
    low = [row for row in rows(song, "time", "duration", "pitch", "string", "fret") if row[3] < 5]
    assert low == [
        (0, 2, 43, 0, 3),
        (2, 3, 47, 1, 2),
        (2, 2, 52, 2, 2),
        (5, 1.75, 50, 1, 5),
        (7.25, 0.5, 40, 0, 0),
        (8, 1.333, 40, 0, 0),
        (9.333, 1.333, 41, 0, 1),
        (10.667, 1.333, 42, 0, 2),
    ]
    high = [row for row in rows(song, "time", "pitch", "string") if row[2] == 5]
    assert high == [(time, 64 + i, 5) for i, time in enumerate((0, 0.8, 1.6, 2.4, 3.2))]
    assert song.title == "Ein Lied" and song.tracks[0].name == "Gitarre"
    assert song.remarks == ()


def test_techniques():
    bend = "".join(
        f"<Property name='{name}'><Float>{value}</Float></Property>"
        for name, value in zip(
            ("BendOriginValue", "BendMiddleValue", "BendDestinationValue"), (0, 100, 0), strict=True
        )
    )  # fmt: skip
    slide = "<Property name='Slide'><Flags>{}</Flags></Property>"
    first = [
        a_note(0, 0, "", enabled("PalmMuted")),
        a_note(1, 5, "", enabled("HopoOrigin")),
        a_note(1, 7, "", enabled("HopoDestination")),
        a_note(1, 7, "", slide.format(2)),
        a_note(1, 9, "<Vibrato>Slight</Vibrato>"),
        a_note(2, 7, "<LetRing/>"),
        a_note(2, 7),
        a_note(0, 0, "", enabled("Muted")),
    ]
    second = [
        a_note(3, 7, "", enabled("Bended") + bend),
        a_note(3, 7, "", slide.format(16)),
        a_note(3, 7, "<AntiAccent>Normal</AntiAccent>"),
        a_note(3, 7, "<Accent>1</Accent>"),
    ]
    tremolo = {6: ("<Tremolo>1/4</Tremolo>",)}
    song = parsed(
        [
            [[(8, [note], *tremolo.get(place, ())) for place, note in enumerate(first)]],
            [[(4, [note]) for note in second]],
        ]
    )
    assert [flags for (flags,) in rows(song, "technique")] == [
        *(T.PALM_MUTE, 0, T.LEGATO, 0, T.SLIDE | T.VIBRATO, T.LET_RING, T.TREMOLO, T.DEAD),
        *(T.BEND | T.RELEASE, 0, T.SLIDE, 0, 0),
    ]
    assert rows(song, "bend", "velocity", "duration")[8:] == [
        (4, 95, 0.917), (0, 95, 0.083), (0, 95, 1), (0, 63, 1), (0, 95, 0.5)]  # fmt: skip


def test_harmonics():
    def harmonic(string, fret, kind, touched):
        return a_note(string, fret, "", enabled("Harmonic")
            + f"<Property name='HarmonicType'><HType>{kind}</HType></Property>"
            + f"<Property name='HarmonicFret'><HFret>{touched}</HFret></Property>")  # fmt: skip

    notes = [
        harmonic(0, 12, "Natural", 12),
        harmonic(0, 3, "Natural", "3.2"),
        harmonic(0, 5, "Artificial", 12),
        harmonic(0, 5, "Pinch", 7),
    ]
    song = parsed([[[(4, [note]) for note in notes]]])
    assert rows(song, "pitch", "harmonic") == [(52, 0), (43, 28), (45, 12), (45, 19)]
    assert all(flags == T.HARMONIC for (flags,) in rows(song, "technique"))


def test_grace_notes_before_and_on_the_beat():
    before, on = (f"<GraceNotes>{kind}</GraceNotes>" for kind in ("BeforeBeat", "OnBeat"))
    song = parsed([[[(2, [a_note(5, 0)]), (32, [a_note(5, 3)], before), (4, [a_note(5, 5)]),
                     (16, [a_note(5, 6)], on), (4, [a_note(5, 8)])]]])  # fmt: skip
    assert rows(song, "time", "duration", "fret") == [
        (0, 1.875, 0), (1.875, 0.125, 3), (2, 1, 5), (3, 0.125, 6), (3.125, 0.875, 8)]  # fmt: skip


def test_meters_tempos_repeats_endings_swing_and_repeated_bars():
    change = (
        "<Automation><Type>Tempo</Type><Bar>{}</Bar><Position>{}</Position><Value>{}</Value>"
        "</Automation>"
    )
    head = "<Automations>" + change.format(0, 0, "80 3") + change.format(1, 0.5, "96.5 2")
    bar = [[(4, [a_note(0, 0)]), (8, [a_note(0, 1)]), (8, [a_note(0, 2)]), (2, [])]]
    song = parsed(
        [bar, "<SimileMark>Simple</SimileMark>", [[(1, [a_note(0, 9)])]]],
        head=head + "</Automations>",
        masters=(
            "<Repeat start='true' end='false' count='0'/><TripletFeel>Triplet8th</TripletFeel>",
            "<Time>3/4</Time><Repeat start='false' end='true' count='2'/>"
            "<AlternateEndings>1</AlternateEndings>",
            "<Time>4/4</Time><AlternateEndings>2</AlternateEndings>",
        ),
    )
    assert rows(song, "time", "fret") == [
        *((0, 0), (1, 1), (1.667, 2), (4, 0), (5, 1), (5.5, 2)),
        *((7, 0), (8, 1), (8.667, 2), (11, 9)),
    ]
    tempos = [(t.time / ru.SONG_TICKS, round(t.qpm, 1)) for t in song.score.tempos]
    assert tempos == [(0, 120), (5.5, 96.5), (7, 120), (11, 96.5)]
    meters = [(m.time / ru.SONG_TICKS, m.numerator) for m in song.score.time_signatures]
    assert meters == [(0, 4), (4, 3), (7, 4)]


def test_a_pickup_bar_is_as_long_as_what_is_in_it():
    song = parsed([[[(4, [a_note(0, 3)])]], [[(1, [a_note(0, 0)])]]], head="<Anacrusis/>")
    assert rows(song, "time", "fret") == [(0, 3), (1, 0)]
    meters = [(m.time, m.numerator, m.denominator) for m in song.score.time_signatures]
    assert meters == [(0, 1, 4), (ru.SONG_TICKS, 4, 4)]


def test_capo_tuning_and_program():
    capo = "<Property name='CapoFret'><Fret>2</Fret></Property>"
    staff = TUNING.format("33 40 45 50 55 59 64", capo)
    track = f"<Staves><Staff>{staff}</Staff></Staves>" + SOUND.format(29)
    song = parsed([[[(1, [a_note(0, 3), a_note(6, 0)])]]], track=track)
    assert rows(song, "pitch", "string", "fret") == [(38, 0, 3), (66, 6, 0)]
    (one,) = song.tracks
    assert (one.capo, one.tuning, one.program) == (2, (33, 40, 45, 50, 55, 59, 64), 29)


def test_guitar_pro_6_has_its_tuning_and_sound_elsewhere():
    track = (
        TUNING.format("38 45 50 55 59 64", "")
        + "<GeneralMidi table='Instrument'><Program>27</Program></GeneralMidi>"
    )  # noqa: E501
    xml = a_score([[[(1, [a_note(0, 0)])]]], track=track)
    for data in (container(score_gpif=xml), packed(container(misc_xml=b"<x/>", score_gpif=xml))):
        song = ru.parse_guitar_pro(data, "x.gpx")
        assert rows(song, "pitch", "duration") == [(38, 4)] and song.tracks[0].program == 27


def test_drums_of_both_versions():
    hit = "<InstrumentArticulation>{}</InstrumentArticulation>"
    kit = "".join(
        f"<Element><Articulations><Articulation><OutputMidiNumber>{number}</OutputMidiNumber>"
        "</Articulation></Articulations></Element>"
        for number in (38, 42, 36)
    )
    seven = f"<InstrumentSet><Type>drumKit</Type><Elements>{kit}</Elements></InstrumentSet>"
    beats = [(2, [hit.format(2), hit.format(1)]), (2, [hit.format(0)])]
    song = parsed([[beats]], track=seven + SOUND.format(0))
    assert song.tracks[0].is_drum and rows(song, "time", "pitch") == [(0, 36), (0, 42), (2, 38)]
    piece = (
        "<Properties><Property name='Element'><Element>{}</Element></Property>"
        "<Property name='Variation'><Variation>{}</Variation></Property></Properties>"
    )
    six = "<GeneralMidi table='Percussion'><Program>0</Program></GeneralMidi>"
    beats = [(2, [piece.format(0, 0), piece.format(10, 2)]), (2, [piece.format(1, 0)])]
    song = parsed([[beats]], track=six)
    assert song.tracks[0].is_drum and rows(song, "time", "pitch") == [(0, 35), (0, 46), (2, 38)]


def test_what_is_left_out_is_said():
    slide = "<Property name='Slide'><Flags>4</Flags></Property>"
    song = parsed(
        [[[(2, [a_note(0, 0, "", slide), a_note(7, 0)]), (2, [a_note(0, 1, "<Trill>3</Trill>")])]]],
        masters=("<Directions><Jump>DaCapo</Jump></Directions>",),
    )
    assert sorted(song.remarks) == [
        "jumps such as Da Capo and Da Segno, not followed: 1",
        "notes on no string left out: 1",
        "slides into nothing left out: 1",
        "trills written as one note: 1",
    ]


# Safe with any bytes


def test_a_bomb_of_an_archive_is_refused_in_no_time():
    begin = time.perf_counter()
    bomb = archived(b"<GPIF>" + b" " * 40_000_000)
    packing = time.perf_counter() - begin
    assert len(bomb) < 100_000
    begin = time.perf_counter()
    with pytest.raises(ru.MidiError, match="it has more than 32,000,000 bytes"):
        ru.parse_guitar_pro(bomb, "bomb.gp")
    assert time.perf_counter() - begin < max(1, packing)


def test_entities_and_files_from_elsewhere_are_refused():
    for declared in ("<!ENTITY a 'aaaaaaaaaa'>", "<!ENTITY a SYSTEM 'file:///etc/passwd'>"):
        xml = f"<!DOCTYPE GPIF [{declared}]><GPIF><Score><Title>&a;</Title></Score></GPIF>"
        with pytest.raises(ru.MidiError, match="no XML that can be read"):
            ru.parse_guitar_pro(archived(xml), "x.gp")


def test_scores_that_refer_to_themselves_without_end_are_refused():
    xml = a_score([[[(1, [a_note(0, 0)])]]] * 30).decode()
    many = xml.replace("<Beats>0</Beats>", f"<Beats>{'0 ' * 400_000}</Beats>")
    with pytest.raises(ru.MidiError, match="too many notes"):
        ru.parse_guitar_pro(archived(many), "x.gp")
    notes = xml.replace("<Notes>0</Notes>", f"<Notes>{'0 ' * 400_000}</Notes>")
    with pytest.raises(ru.MidiError, match="too many notes"):
        ru.parse_guitar_pro(archived(notes), "x.gp")
    bars = "<MasterBar><Time>4/4</Time><Bars>0</Bars></MasterBar>" * 101_000
    with pytest.raises(ru.MidiError, match="too many bars"):
        ru.parse_guitar_pro(archived(xml.replace("<MasterBars>", "<MasterBars>" + bars)), "x.gp")


@pytest.mark.parametrize(
    "data, reason",
    [
        (archived(b"<GPIF/>"), "it has no bars"),
        (archived(b"<GPIF>"), "no XML"),
        (archived(b"text", name="word/document.xml"), "no score.gpif"),
        (archived(a_score([[]]), packing=zipfile.ZIP_BZIP2), "packed in an unusual way"),
        (archived(a_score([[]]), name="../../score.gpif")[:-9], "cannot be unpacked"),
        (container(misc_xml=b"x"), "no score.gpif"),
        (packed(container(score_gpif=a_score([[]])))[:300], "cut off|damaged"),
    ],
)
def test_other_files_are_named(data, reason):
    with pytest.raises(ru.MidiError, match=rf"x\.gp: a Guitar Pro file.*({reason})"):
        ru.parse_guitar_pro(data, "x.gp")


def test_nothing_of_an_archive_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    song = ru.parse_guitar_pro(archived(a_score([[]]), name="../evil/score.gpif"), "x.gp")
    assert len(song.tracks[0].notes) == 0 and os.listdir(tmp_path) == []


def test_any_digits_are_read_or_refused():
    riff = random_riff(4).revoiced()
    xml = ru.gpif(riff)
    rng = np.random.default_rng(0)
    pieces = xml.split(">")
    values = ["-1", "0", "999999999", "1e99", "", "x", "2147483648", "128", "3/0", "7/64", "-7.5"]
    for _ in range(40):
        some = list(pieces)
        for place in rng.integers(1, len(pieces) - 1, rng.choice([1, 5, 50])):
            text, bracket, tag = some[place].partition("<")
            some[place] = (str(rng.choice(values)) if text.strip() else text) + bracket + tag
        try:
            song = ru.parse_guitar_pro(archived(">".join(some)), "x.gp")
        except ru.MidiError as error:
            assert "a Guitar Pro file" in str(error)
        else:
            assert all((track.notes["duration"] > 0).all() for track in song.tracks)
