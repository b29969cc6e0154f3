"""Rock-o-net: everything the four notebooks share, behind one door.

    import rockonet_utils as ru

A name is looked up in the package ``rockonet`` and its room is opened when it is used, so that
this import takes a moment and nobody waits for what is not needed. All names stand in
``rockonet/__init__.pyi``. A guided tour; each wing knows those before it, and none of those after
it:

    common/       all notebooks   settings, files, note names, tunings, colours, checks
    explore/      notebook 01     a MIDI file: read, its guitars found, seen and heard
    dataset/      notebook 02     a folder becomes a corpus, a row an event; split; windows
    guitar/       notebook 04     a riff: fingering, notation, sound, score, tab, band, files
    training/     notebook 03     both recipes, the sweep, its charts, every predictor in nats
    generation/   notebook 04     prompts, sampling, constraints, originality, riff machine
    exercises/    notebooks 01–04 what is right or wrong with an answer

    ru.read_midi → ru.score_notes → ru.build_corpus → ru.split_by_song → ru.learning_rate_sweep or
    ru.train_riff_model → ru.generate → riff.player(), riff.score(), riff.tab(), riff.save(folder)

Times are counted in *ticks*, 12 to a quarter note (``TICKS_PER_QUARTER``), so that sixteenths
(3 ticks) and triplets (4 ticks) both fall on whole numbers. Pitches are MIDI numbers (40 is E2,
the lowest string of a guitar). An *event* is all notes of one track that start together.
``docs/architecture.md`` has a picture of the house, and says where something new would go.
"""

import rockonet
from rockonet.common.errors import explain_errors

__all__, __dir__ = rockonet.__all__, rockonet.__dir__


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rockonet_utils' has no attribute '{name}'")
    return getattr(rockonet, name)


explain_errors()  # a notebook that comes in here is told in a sentence what was refused
