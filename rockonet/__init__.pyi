"""Every public name, once: Python opens a room when one of its names is used, editors read them.

`name as name` is how a stub hands a name on (PEP 484). One line or block a file, wing by wing in
the order in which they build on each other, which is not quite that of the course: functions and
types first, then constants. Plain ASCII: lazy_loader reads it in the encoding of the machine.
"""

# ruff: noqa: I001

# All notebooks: settings, notes and tunings as numbers, small things that notebooks show
from .common.settings import Settings as Settings, settings as settings, PROFILES as PROFILES
from .common.theory import (
    pitch_name as pitch_name,
    chord_name as chord_name,
    scale_pitch_classes as scale_pitch_classes,
    key_fifths as key_fifths,
    TICKS_PER_QUARTER as TICKS_PER_QUARTER,
    MAJOR_SCALE as MAJOR_SCALE,
)
from .common.tunings import (
    tuning_pitches as tuning_pitches,
    tuning_for as tuning_for,
    STANDARD_TUNING as STANDARD_TUNING,
    TUNINGS as TUNINGS,
    FRETS as FRETS,
)
from .common.techniques import Technique as Technique
from .common.pitch_curve import pitch_curve as pitch_curve
from .common.notebook import (
    check as check,
    table as table,
    show_source as show_source,
    versions as versions,
)
from .common.errors import explain_errors as explain_errors
from .common.drawing import BLUE as BLUE, ORANGE as ORANGE, GREEN as GREEN, GREY as GREY

# Notebook 01: a MIDI file seen and heard
from .explore.midi_file import (
    MidiError as MidiError,
    read_midi as read_midi,
    midi_files as midi_files,
    read_folder as read_folder,
    MIDI_SUFFIXES as MIDI_SUFFIXES,
    MAX_MIDI_BYTES as MAX_MIDI_BYTES,
    MAX_TRACKS as MAX_TRACKS,
    MAX_NOTES as MAX_NOTES,
    MAX_QUARTERS as MAX_QUARTERS,
)
from .explore.tab_song import (
    TabSong as TabSong,
    TabTrack as TabTrack,
    TAB_NOTE as TAB_NOTE,
    SONG_TICKS as SONG_TICKS,
)
from .explore.written_song import MAX_WRITTEN_NOTES as MAX_WRITTEN_NOTES
from .explore.bar_order import MAX_BARS_PLAYED as MAX_BARS_PLAYED
from .explore.guitar_pro import (
    read_guitar_pro as read_guitar_pro,
    parse_guitar_pro as parse_guitar_pro,
    GUITAR_PRO_SUFFIXES as GUITAR_PRO_SUFFIXES,
)
from .explore.song_file import (
    read_song as read_song,
    song_files as song_files,
    parse_song as parse_song,
    SONG_SUFFIXES as SONG_SUFFIXES,
)
from .explore.tracks import (
    guitar_tracks as guitar_tracks,
    score_notes as score_notes,
    bar_ticks as bar_ticks,
    songs_with_guitar as songs_with_guitar,
    track_label as track_label,
    only_tracks as only_tracks,
    GUITAR_NAMES as GUITAR_NAMES,
    PROGRAM_FAMILIES as PROGRAM_FAMILIES,
)
from .explore.pictures import (
    piano_roll as piano_roll,
    program_chart as program_chart,
    fretboard_chart as fretboard_chart,
)
from .explore.sound import (
    Sound as Sound,
    stop_speakers as stop_speakers,
    soundfont as soundfont,
    render as render,
    PEAK_DBFS as PEAK_DBFS,
    MAX_SECONDS as MAX_SECONDS,
)
from .explore.song_browser import song_browser as song_browser
from .explore.amp import amplify as amplify, cabinet_curve as cabinet_curve, AMPS as AMPS
from .explore.loudness import (
    loudness_lufs as loudness_lufs,
    true_peak_dbfs as true_peak_dbfs,
    levelled as levelled,
    LOUDNESS_LUFS as LOUDNESS_LUFS,
    CEILING_DBFS as CEILING_DBFS,
)
from .explore.sound_pictures import (
    tones as tones,
    tone_level_db as tone_level_db,
    wave_chart as wave_chart,
    spectrum_chart as spectrum_chart,
    spectrogram as spectrogram,
    before_and_after as before_and_after,
)
from .explore.amp_panel import amp_panel as amp_panel

# Notebook 02: a folder becomes a corpus, a row an event; the published windows
from .dataset.events import (
    events_from_notes as events_from_notes,
    sounding_intervals as sounding_intervals,
    onsets as onsets,
    event_pitches as event_pitches,
    notes_from_events as notes_from_events,
    EVENT as EVENT,
)
from .dataset.corpus import (
    Song as Song,
    TrackInfo as TrackInfo,
    FileReport as FileReport,
    Corpus as Corpus,
    load_corpus as load_corpus,
    CORPUS_FORMAT as CORPUS_FORMAT,
)
from .dataset.build import (
    build_corpus as build_corpus,
    report_table as report_table,
    corpus_for as corpus_for,
    FILES_PER_TASK as FILES_PER_TASK,
    TASKS_IN_PROCESS as TASKS_IN_PROCESS,
)
from .dataset.download import (
    download_rock_archive as download_rock_archive,
    ROCK_COMMIT as ROCK_COMMIT,
    ROCK_URL as ROCK_URL,
)
from .dataset.split import song_key as song_key, split_by_song as split_by_song
from .dataset.style import (
    style_metrics as style_metrics,
    technique_shares as technique_shares,
    usual_in_rock as usual_in_rock,
)
from .dataset.classic_windows import (
    Vocabulary as Vocabulary,
    Windows as Windows,
    OneHot as OneHot,
    distinct_in_windows as distinct_in_windows,
    window_picture as window_picture,
    classic_windows as classic_windows,
    save_windows as save_windows,
    load_windows as load_windows,
    classic_data as classic_data,
)

# Notebook 04: a riff, what a guitar can play of it, and all that it shows itself as
from .guitar.riff import Riff as Riff, SOUNDS as SOUNDS
from .guitar.formats import FORMATS as FORMATS, KINDS as KINDS
from .guitar.notes import (
    PlayedNote as PlayedNote,
    sounding_notes as sounding_notes,
    MUTED_TICKS as MUTED_TICKS,
)
from .guitar.playability import (
    voicings as voicings,
    revoiced as revoiced,
    playable_chords as playable_chords,
    NECK as NECK,
    REACH as REACH,
)
from .guitar.playable_techniques import (
    technique_ways as technique_ways,
    highest_bend as highest_bend,
    HARMONIC_FRETS as HARMONIC_FRETS,
)
from .guitar.fingering import (
    Fingering as Fingering,
    finger as finger,
    fingerings as fingerings,
    TOO_FAST as TOO_FAST,
)
from .guitar.fingering_costs import (
    Cost as Cost,
    WAY_COSTS as WAY_COSTS,
    SURROUNDED_COSTS as SURROUNDED_COSTS,
    MOVE_COSTS as MOVE_COSTS,
    BEND_COST as BEND_COST,
    SURROUNDINGS as SURROUNDINGS,
)
from .guitar.notation import (
    NotatedEvent as NotatedEvent,
    notation_symbols as notation_symbols,
    Symbol as Symbol,
    written as written,
    SCORE_COLOUR as SCORE_COLOUR,
    NOTE_VALUES as NOTE_VALUES,
    SIGNS as SIGNS,
)
from .guitar.engraving import Engraving as Engraving, engrave as engrave
from .guitar.musicxml_writer import musicxml as musicxml
from .guitar.tab_writer import tab_text as tab_text
from .guitar.tab_reader import unread_signs as unread_signs
from .guitar.guitar_pro_writer import guitar_pro as guitar_pro
from .guitar.gpif_writer import guitar_pro_8 as guitar_pro_8, gpif as gpif
from .guitar.band import (
    groove as groove,
    bass_line as bass_line,
    BASS_PROGRAM as BASS_PROGRAM,
    BASS_LOWEST as BASS_LOWEST,
    STICK as STICK,
)
from .guitar.midi_writer import midi_file as midi_file, tuning_in_midi as tuning_in_midi
from .guitar.mix import stems as stems, pickup_sound as pickup_sound
from .guitar.player import Player as Player

# Notebook 03: both recipes, their training and charts, and predictors that only count
from .training.classic_recipe import (
    classic_model as classic_model,
    classic_optimizer as classic_optimizer,
    mean_loss as mean_loss,
)
from .training.riff_vocabulary import (
    RiffVocabulary as RiffVocabulary,
    riff_vocabulary as riff_vocabulary,
    TIME_EDGES as TIME_EDGES,
    VELOCITY_EDGES as VELOCITY_EDGES,
    PARTS as PARTS,
)
from .training.riff_features import (
    riff_inputs as riff_inputs,
    corpus_inputs as corpus_inputs,
    LAG_BARS as LAG_BARS,
    RIFF_COLUMNS as RIFF_COLUMNS,
    N_COLUMNS as N_COLUMNS,
)
from .training.repeats import MATCH_LENGTHS as MATCH_LENGTHS
from .training.song_memory import Expert as Expert, EXPERTS as EXPERTS, song_memory as song_memory
from .training.riff_network import (
    riff_model as riff_model,
    EventReader as EventReader,
    embed_inputs as embed_inputs,
    lstm_stack as lstm_stack,
    chained_heads as chained_heads,
    part_head as part_head,
    expert_trust as expert_trust,
)
from .training.riff_recipe import PATIENCE as PATIENCE
from .training.batches import FEEDERS as FEEDERS
from .training.sweep import (
    learning_rate_sweep as learning_rate_sweep,
    train_riff_model as train_riff_model,
)
from .training.shipped import (
    shipped_model as shipped_model,
    train_shipped_models as train_shipped_models,
)
from .training.history import (
    Epoch as Epoch,
    History as History,
    load_history as load_history,
    published_history as published_history,
    save_nats as save_nats,
    load_nats as load_nats,
)
from .training.trained import (
    Trained as Trained,
    load_trained as load_trained,
    TRAINED_FORMAT as TRAINED_FORMAT,
)
from .training.loss_chart import (
    loss_chart as loss_chart,
    parts_chart as parts_chart,
    save_loss_chart as save_loss_chart,
    redraw_loss_chart as redraw_loss_chart,
    redraw_loss_charts as redraw_loss_charts,
    RATE_STYLES as RATE_STYLES,
)
from .training.drawings import (
    lstm_picture as lstm_picture,
    shape_picture as shape_picture,
    riff_picture as riff_picture,
    self_similarity_chart as self_similarity_chart,
    nats_chart as nats_chart,
    likeness_chart as likeness_chart,
)
from .training.counting import (
    entropy_nats as entropy_nats,
    frequency_nats as frequency_nats,
    ngram_nats as ngram_nats,
    copy_nats as copy_nats,
)
from .training.measuring import held_out_nats as held_out_nats
from .training.trust_chart import trust_chart as trust_chart
from .training.step_ladder import chord_model as chord_model, chord_nats as chord_nats

# Notebook 04: prompts, sampling within limits, originality, the riff machine
from .generation.prompts import (
    random_excerpt as random_excerpt,
    prompt_from_midi as prompt_from_midi,
    prompt_from_text as prompt_from_text,
    MAX_TEXT as MAX_TEXT,
)
from .generation.prompt_files import (
    prompt_from_file as prompt_from_file,
    prompt_tracks as prompt_tracks,
    PROMPT_SUFFIXES as PROMPT_SUFFIXES,
)
from .generation.sampling import sample as sample, odds_chart as odds_chart
from .generation.constraints import Limits as Limits, MAX_REPEATS as MAX_REPEATS
from .generation.generator import generate as generate
from .generation.originality import (
    Originality as Originality,
    CopyIndex as CopyIndex,
    originality as originality,
    bars_of_prompt as bars_of_prompt,
    WARN_COPIED as WARN_COPIED,
    FAIL_COPIED as FAIL_COPIED,
    DISTINCT_INTERVALS as DISTINCT_INTERVALS,
)
from .generation.quality import (
    quality as quality,
    quality_table as quality_table,
    TYPICAL as TYPICAL,
)
from .generation.riff_card import download_link as download_link
from .generation.riff_machine import (
    RiffMachine as RiffMachine,
    SCALES as SCALES,
    PROMPTS as PROMPTS,
    TYPED as TYPED,
)

# The exercises of all four
from .exercises.self_check import self_check as self_check
from .exercises.progress import progress as progress
