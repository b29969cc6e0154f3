"""What tests of several wings start from; what takes long is made once a session."""

import os
import shutil
import time

# A worker of pytest-xdist has its share of the cores: threads of TensorFlow and of NumPy for which
# there is none wait for one another, a quarter of a training and half of the making of a riff.
if _workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    for _threads in ("TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(_threads, str(max(1, (os.cpu_count() or 1) // _workers)))
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from helpers import melody, midi_bytes, played_by_rule  # noqa: E402

import rockonet_utils as ru  # noqa: E402


def pytest_collection_modifyitems(config, items):
    """Whole notebooks take longest and come first: the last one running keeps one worker busy.

    Other programs are opened if they are asked for (`-m interop`), not wherever they are installed.
    """
    items.sort(key=lambda item: "notebooks" not in item.keywords)
    if "interop" not in config.option.markexpr:
        items[:] = [item for item in items if "interop" not in item.keywords]


@pytest.fixture
def folder(tmp_path):
    """A folder with three guitar songs, one of which says the same as another, and a piano."""
    songs = {
        "one.mid": [melody([40, 43, 45, 40, 43, 46, 45, 40] * 4)],
        "Two.MID": [melody([52, 55, 57, 59] * 6, program=26), melody([30] * 8, None, name="Drums")],
        "deep/one copy.mid": [melody([40, 43, 45, 40, 43, 46, 45, 40] * 4)],
        "piano.mid": [melody([60, 62, 64, 65], program=0)],
    }
    for name, tracks in songs.items():
        path = tmp_path / "songs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(midi_bytes(tracks))
    return tmp_path / "songs"


@pytest.fixture
def corpus(folder):
    return ru.build_corpus(folder)


@pytest.fixture(scope="session")
def starter_corpus():
    return ru.build_corpus(ru.settings(data="starter").folder)


@pytest.fixture(scope="session")
def starter(starter_corpus):
    """The starter songs for training, validation and test."""
    return ru.split_by_song(starter_corpus)


@pytest.fixture(scope="session")
def small(starter):
    """A few songs of each side, with techniques that follow from the notes."""
    return [played_by_rule(part.select(range(6))) for part in starter]


@pytest.fixture(scope="session")
def riff_recipe():
    """The riff model that comes with the project."""
    return ru.load_trained(ru.shipped_model("riff"))


@pytest.fixture(scope="session")
def classic_recipe():
    """The model of the classic recipe that comes with the project."""
    return ru.load_trained(ru.shipped_model("classic"))


@pytest.fixture(params=["riff", "classic"])
def shipped(request):
    """Each model that comes with the project."""
    return request.getfixturevalue(f"{request.param}_recipe")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Gives the folder of a name, filled by `make(folder)` once for all workers of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # each worker has its own within

    def folder(name, make):
        place, done = base / name, base / f"{name} is done"
        try:
            place.mkdir()
        except FileExistsError:  # another worker came first
            while not done.exists():  # the time limit of the test ends it
                time.sleep(0.1)
        else:
            make(place)
            done.touch()
        return place

    return folder


@pytest.fixture(scope="session")
def quick_graphs():
    """For networks that learn for a moment: to optimise their graphs takes a fifth of the time."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"min_graph_nodes": 100_000})


@pytest.fixture(scope="session")
def choice(tmp_path_factory, quick_graphs):
    """Settings of a riff recipe that is trained in seconds."""
    folder = tmp_path_factory.mktemp("riff")
    return ru.settings("quick", "starter").replace(
        output=folder, riff_units=(16,), riff_epochs=2, riff_batch=8, riff_rate=0.004
    )


@pytest.fixture(scope="session")
def riff_training(made_once, small, choice):
    """The folder that training with these settings leaves: copy it before you write there."""

    def make(folder):
        ru.train_riff_model(*small[:2], choice.replace(output=folder), live=False)

    return made_once("riff training", make)


@pytest.fixture(scope="session")
def trained(small, choice, riff_training):
    """The riff model of these settings, from disk."""
    shutil.copytree(riff_training, choice.output, dirs_exist_ok=True)
    return ru.train_riff_model(*small[:2], choice, live=False)


@pytest.fixture(scope="session")
def tiny(quick_graphs):
    """A repeating song for training and one for validation, as windows of the classic recipe."""
    rng = np.random.default_rng(0)

    def song(n):
        events = np.zeros(n, ru.EVENT)
        events["bass"] = np.resize([40, 43, 45, 40, 43, 46, 45, 52], n) + rng.integers(0, 2, n)
        events["shape"], events["step"], events["duration"], events["velocity"] = 1, 6, 6, 90
        return events

    pieces = [song(300), song(200), song(100)]
    corpus = ru.Corpus(
        np.concatenate(pieces),
        np.cumsum([0, 300, 200, 100]),
        tuple(ru.TrackInfo(i, "", 30) for i in range(3)),
        tuple(ru.Song(f"song {'abc'[i]}", "", 120.0, (4, 4)) for i in range(3)),
    )
    train, held = corpus.select([0, 1]), corpus.select([2])
    X, Y, vocabulary = ru.classic_windows(train, 8, 2)
    return (X, Y), ru.classic_windows(held, 8, 2, vocabulary)[:2], vocabulary
