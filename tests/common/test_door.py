"""One door: it opens at once, and every public name is behind it."""

import ast
import os
import subprocess
import sys

import IPython
import pytest
from helpers import ROOT

import rockonet
import rockonet_utils as ru

STUB = (ROOT / "rockonet" / "__init__.pyi").read_text(encoding="utf-8")
NAMES_OF_VERSION_0_1 = """
bar_ticks bars_of_prompt bass_line BASS_LOWEST BASS_PROGRAM BLUE build_corpus check
chord_model chord_name chord_nats classic_data classic_model classic_optimizer classic_windows
copy_nats CopyIndex Corpus corpus_for CORPUS_FORMAT corpus_inputs distinct_in_windows
DISTINCT_INTERVALS download_link download_rock_archive engrave Engraving entropy_nats Epoch
EVENT event_pitches events_from_notes explain_errors FAIL_COPIED FEEDERS FileReport
FILES_PER_TASK finger Fingering FORMATS fretboard_chart FRETS generate GREEN GREY
groove GUITAR_NAMES guitar_pro guitar_tracks held_out_nats History key_fifths
KINDS LAG_BARS learning_rate_sweep likeness_chart load_corpus load_history load_nats
load_trained load_windows loss_chart lstm_picture MAJOR_SCALE MATCH_LENGTHS
MAX_MIDI_BYTES MAX_NOTES MAX_QUARTERS MAX_REPEATS MAX_SECONDS MAX_TEXT MAX_TRACKS mean_loss
midi_files MIDI_SUFFIXES MidiError musicxml MUTED_TICKS N_COLUMNS nats_chart NECK ngram_nats
notes_from_events odds_chart OneHot only_tracks ORANGE Originality
originality PARTS parts_chart PATIENCE PEAK_DBFS piano_roll pitch_name playable_chords Player
PROFILES program_chart PROGRAM_FAMILIES prompt_from_midi prompt_from_text PROMPTS quality
quality_table random_excerpt RATE_STYLES REACH read_folder read_midi redraw_loss_chart render
report_table revoiced Riff RIFF_COLUMNS riff_inputs riff_model riff_picture riff_vocabulary
RiffMachine RiffVocabulary ROCK_COMMIT ROCK_URL sample save_loss_chart save_nats save_windows
scale_pitch_classes SCALES SCORE_COLOUR score_notes self_check settings Settings shape_picture
shipped_model show_source SIGNS Song song_browser song_key songs_with_guitar Sound
soundfont sounding_intervals SOUNDS split_by_song STANDARD_TUNING STICK stop_speakers
style_metrics Symbol tab_text table TASKS_IN_PROCESS
TICKS_PER_QUARTER TIME_EDGES TOO_FAST track_label TrackInfo train_riff_model
train_shipped_models Trained TRAINED_FORMAT tuning_pitches TUNINGS TYPED TYPICAL unread_signs
usual_in_rock VELOCITY_EDGES versions Vocabulary voicings WARN_COPIED window_picture Windows
written
""".split()


def in_a_new_python(code, **environment):
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    return run.stdout.split()


def test_import_is_fast_and_leaves_large_packages_alone():
    code = (
        "import time; t = time.perf_counter(); import rockonet_utils, sys; "
        "print(time.perf_counter() - t, "
        "*{'tensorflow', 'keras', 'music21', 'matplotlib'} & sys.modules.keys())"
    )
    answers = [in_a_new_python(code) for _ in range(3)]
    assert min(float(seconds) for seconds, *_ in answers) < 1.5
    assert all(loaded == [] for _, *loaded in answers)


def test_every_name_opens_its_room():
    code = "import rockonet_utils as ru; print(*(n for n in ru.__all__ if hasattr(ru, n)))"
    assert in_a_new_python(code, EAGER_IMPORT="1") == ru.__all__


def test_the_list_of_names_says_each_once_under_its_own_name():
    names = [
        (alias.name, alias.asname)
        for node in ast.walk(ast.parse(STUB))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(name for name, _ in names) == ru.__all__ == sorted(rockonet.__all__)
    assert all(name == handed_on for name, handed_on in names)
    assert STUB.isascii()  # lazy_loader reads it in the encoding of the machine


def test_all_names_of_version_0_1_are_there():
    assert set(NAMES_OF_VERSION_0_1) <= set(ru.__all__)
    for name in NAMES_OF_VERSION_0_1:
        assert getattr(ru, name) is not None


def test_the_door_holds_no_logic():
    lines = (ROOT / "rockonet_utils.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    assert (ROOT / "rockonet_utils.pyi").read_text().strip() == "from rockonet import *"


def test_a_misspelt_name_is_refused_by_the_door(capsys):
    with pytest.raises(AttributeError, match="'rockonet_utils' has no attribute 'read_mid'"):
        _ = ru.read_mid
    shell = IPython.core.interactiveshell.InteractiveShell.instance()
    ru.explain_errors(shell)
    try:
        shell.run_cell("import rockonet_utils as ru\nru.read_mid")
    finally:
        shell.set_custom_exc((), None)
        shell.clear_instance()
    said = capsys.readouterr().out
    assert "Do you mean 'read_midi'?" in said
    assert "lazy_loader" not in said and ".py:" not in said


def test_a_remark_is_a_plain_line_each_time_that_its_cell_runs(capsys):
    shell = IPython.core.interactiveshell.InteractiveShell.instance()
    with pytest.warns(UserWarning, match="of another kind") as others:
        ru.explain_errors(shell)
        try:
            for _ in range(2):
                shell.run_cell(
                    "import rockonet_utils as ru\nriff = ru.prompt_from_text('EE4 Q4 GG')"
                )
            shell.run_cell("import warnings\nwarnings.warn('of another kind')")
        finally:
            shell.set_custom_exc((), None)
            shell.clear_instance()
    said = capsys.readouterr().out
    assert len([line for line in said.splitlines() if "'Q4'" in line]) == 2
    assert "Warning" not in said and len(others) == 1
