"""Print a fingerprint of everything the project computes, to compare two commits.

    python tools/same_numbers.py [--train] > before.json     # and again on the other commit
    diff before.json after.json

Only public names are used, so that the same file runs on both. ``--train`` adds the loss history
of the quick profile, which takes two minutes. Losses and riffs are the same to the last digit on
one machine only, so compare on one machine.
"""

import argparse
import hashlib
import io
import itertools
import json
import os
import tempfile
from pathlib import Path

os.environ["ROCKONET_OUTPUT"] = tempfile.mkdtemp(prefix="rockonet-")
import numpy as np

import rockonet_utils as ru


def digest(thing) -> str:
    """A short hash of bytes, text, arrays and lists of them."""
    if isinstance(thing, np.ndarray):
        thing = repr((thing.dtype, thing.shape)).encode() + np.ascontiguousarray(thing).tobytes()
    if not isinstance(thing, (bytes, str)):
        thing = repr(thing)
    return hashlib.sha256(thing.encode() if isinstance(thing, str) else thing).hexdigest()[:16]


def drawn(figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return digest(buffer.getvalue())


def data_set(settings, corpus, parts):
    names, codes = corpus.chords()
    yield "corpus", corpus.fingerprint()
    yield "report", digest([(r.path, r.status, r.reason, r.notes, r.mark) for r in corpus.report])
    yield "songs", digest([repr(song) for song in corpus.song_info])
    yield "tracks", digest([repr(track) for track in corpus.tracks])
    yield "chords", digest(names) + digest(codes)
    yield "split", [part.fingerprint() for part in parts]
    X, Y, vocabulary = ru.classic_windows(parts[0], settings.sequence_length, 4)
    yield "windows", [digest(a) for a in (X.values, X.starts, X[:50], Y.codes, Y[:50])]
    yield "vocabulary", digest([vocabulary.symbols, vocabulary.mean, vocabulary.deviation])
    riff_parts = ru.riff_vocabulary(parts[0])
    yield "riff vocabulary", digest([getattr(riff_parts, name) for name in riff_parts.__dict__])
    yield "riff inputs", digest(ru.corpus_inputs(parts[1], riff_parts))
    yield "extra nats", digest(riff_parts.extra_nats(parts[1].events))
    tracks = [corpus.track_events(i) for i in range(len(corpus.tracks))]
    yield "style", ru.style_metrics(tracks)
    yield "entropy", ru.entropy_nats(Y)
    for order in range(4):
        yield f"n-gram {order}", ru.ngram_nats(parts[0], parts[1], order)
    for what in ("bar", "match"):
        yield f"copy {what}", ru.copy_nats(parts[0], parts[1], what)


def pictures(settings, corpus, parts):
    songs = ru.read_folder(settings.folder)
    score = list(songs.values())[42]
    notes = ru.score_notes(ru.guitar_tracks(score)[:1], score.ticks_per_quarter)
    yield "piano roll", drawn(ru.piano_roll(notes, "song", (1, 8), ru.bar_ticks(score)))
    yield "programs", drawn(ru.program_chart(songs.values()))
    yield "fretboard", drawn(ru.fretboard_chart(notes["pitch"]))
    yield "windows drawn", drawn(ru.window_picture(["E2", "G2", "A2", "E2", "G2"], 3))
    yield "lstm drawn", drawn(ru.lstm_picture(["E2", "G2", "A2"]))
    yield "riff drawn", drawn(ru.riff_picture())
    yield "shapes drawn", drawn(ru.shape_picture(["E2 B2 E3", "A2 E3 A3"]))
    alike = getattr(ru, "self_similarity_chart", None) or ru.likeness_chart
    yield "bars alike", drawn(alike(parts[0], 3))
    yield "nats drawn", drawn(ru.nats_chart(*ru.load_nats()))
    history = ru.load_history(Path("figures/loss_history.csv"))
    yield "parts drawn", drawn(ru.parts_chart(ru.History(
        tuple(row for row in history.epochs if row.recipe.startswith("riff")),
        {"riff": history.unigram_nats["riff"]},
    )))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        paths = ru.save_loss_chart(history, folder)
        yield "loss chart", [digest(path.read_bytes()) for path in paths]


def forms(riff):
    """Everything a riff shows and saves."""
    yield digest(riff.events)
    yield [riff.title, riff.prompt_events, riff.file_name, riff.prompt_ticks, riff.open_strings]
    yield [digest(riff.fingering.frets), digest(riff.fingering.hand), riff.fingering.verdict]
    yield {suffix: digest(riff.encoded(suffix)) for suffix in riff.formats}
    yield digest(riff.encoded(".mid", band=False)), drawn(riff.piano_roll())
    yield [digest(ru.groove(riff.meter, riff.tempo_bpm))]
    yield digest(ru.bass_line(riff.events, riff.ticks_per_bar))
    yield [ru.bars_of_prompt(riff), digest(riff.revoiced().events)]


def riffs(corpus, parts):
    """As notebook 04 makes them, with its seeds."""
    train, _, test = parts
    index = ru.CopyIndex(train)
    prompt = ru.random_excerpt(test, 16, seed=5)
    yield "excerpt", list(forms(prompt))
    typed = ru.prompt_from_text(
        "e|----------------|----------------|\nB|----------------|----------------|\n"
        "G|----------------|----------------|\nD|0-0-----3-0-5---|0-0-----8-7-5---|\n"
        "A|0-0-----3-0-5---|0-0-----8-7-5---|\nD|0-0-----3-0-5---|0-0-----8-7-5---|\n",
        tempo_bpm=112,
        tuning="drop D",
    )
    yield "typed", list(forms(typed))
    yield "tiny", list(forms(ru.prompt_from_text("6/8 EE8 EE GG4 AA8 r BB4. trip{c8 d e} g#4")))
    for name in ("classic", "riff"):
        trained = ru.load_trained(ru.shipped_model(name))
        yield f"{name} held out", ru.held_out_nats(trained, parts[1])
        asked = dict(bars=8, prompt=prompt, seed=5)
        for how in (dict(temperature=0), dict(temperature=1.4, top_k=9, training=index)):
            (riff,) = ru.generate(trained, **asked, **how)
            yield f"{name} {sorted(how)}", list(forms(riff))
            yield f"{name} {sorted(how)} quality", ru.quality(riff, index)
            yield f"{name} {sorted(how)} copied", repr(ru.originality(riff, index))
        scaled = dict(bars=4, prompt=typed, scale="D minor", seed=3, n=3, training=index)
        made = ru.generate(trained, **scaled)
        yield f"{name} scale", [digest(riff.events) for riff in made]
        yield (
            f"{name} table",
            digest(ru.quality_table({"a": [prompt] * 2 + made, "b": made}, index).data),
        )  # noqa: E501
        alone = ru.generate(trained, bars=4, seed=1, tuning="drop C")[0]
        yield f"{name} from silence", digest(alone.events)
    even = ru.generate(ru.load_trained(ru.shipped_model("classic")), prompt=prompt, rhythm="even")
    yield "even", digest(even[0].events)


def learned(settings, corpus, parts):
    history = ru.learning_rate_sweep(*ru.classic_data(settings), settings, live=False)
    riff = ru.train_riff_model(parts[0], parts[1], settings, live=False)
    for row in history.epochs + riff.history.epochs:
        name = f"trained {row.recipe} {row.learning_rate:g} {row.epoch}"
        yield name, [repr(row.loss), repr(row.validation_loss)]
    yield "trained held out", ru.held_out_nats(riff, parts[2])
    yield (
        "step of the ladder",
        ru.chord_nats(
            parts[0], parts[1], settings.replace(riff_epochs=1, riff_epoch_windows=300), live=False
        ),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", action="store_true", help="train both recipes too")
    chosen = parser.parse_args()
    settings = ru.settings("quick", "starter")
    corpus = ru.build_corpus(settings.folder)
    parts = ru.split_by_song(corpus)
    found = dict(
        itertools.chain(
            data_set(settings, corpus, parts),
            pictures(settings, corpus, parts),
            riffs(corpus, parts),
            learned(settings, corpus, parts) if chosen.train else (),
        )
    )
    print(json.dumps(found, indent=1, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
