"""A trained model in one file: saved, read, refused."""

import dataclasses
import hashlib
import io
import json
import random
import zipfile

import keras
import pytest

import rockonet_utils as ru
from rockonet.training import trained as bundles


def test_a_bundle_that_does_not_fit_together_is_refused(tiny, tmp_path):
    _, _, vocabulary = tiny
    n = len(vocabulary.symbols)
    model = ru.classic_model(8, n, (4, 4, 4), 4)
    ru.Trained("classic", model, vocabulary, 8, ru.History((), {"classic": 0.0})).save(
        tmp_path / "good.zip"
    )
    assert ru.load_trained(tmp_path / "good.zip").vocabulary == vocabulary
    short = dataclasses.replace(vocabulary, symbols=vocabulary.symbols[:-1])
    ru.Trained("classic", model, short, 8, ru.History((), {"classic": 0.0})).save(
        tmp_path / "short.zip"
    )
    whole = (tmp_path / "good.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    for name, reason in (
        ("short", "do not fit"),
        ("cut", "not a trained"),
        ("empty", "not a trained"),
    ):
        with pytest.raises(ValueError, match=reason) as raised:
            ru.load_trained(tmp_path / f"{name}.zip")
        assert "Run notebook 03" in str(raised.value)
    with pytest.raises(FileNotFoundError):
        ru.load_trained(tmp_path / "none.zip")


def test_bundle_survives_saving_and_misfits_are_refused(small, trained, tmp_path):
    trained.save(tmp_path / "riff.zip")
    again = ru.load_trained(tmp_path / "riff.zip")
    assert (again.vocabulary, again.history, again.corpus) == (
        trained.vocabulary,
        trained.history,
        small[0].fingerprint(),
    )
    corpus = small[2].select([0])
    assert ru.held_out_nats(again, corpus) == ru.held_out_nats(trained, corpus)
    with zipfile.ZipFile(tmp_path / "riff.zip") as bundle:
        about, weights = json.loads(bundle.read("about.json")), bundle.read("model.keras")
    for field in ("manners", "rare_manners", "manner_bits"):
        del about["vocabulary"][field]  # as it was before events had techniques
    with zipfile.ZipFile(tmp_path / "older.zip", "w") as bundle:
        bundle.writestr("about.json", json.dumps(about))
        bundle.writestr("model.keras", weights)
    with pytest.raises(ValueError, match="before events had techniques.*'make model'"):
        ru.load_trained(tmp_path / "older.zip")
    other = dataclasses.replace(trained.vocabulary, shapes=trained.vocabulary.shapes[:-1])
    dataclasses.replace(trained, vocabulary=other).save(tmp_path / "misfit.zip")
    with pytest.raises(ValueError, match="do not fit together.*Run notebook 03"):
        ru.load_trained(tmp_path / "misfit.zip")


@pytest.fixture(scope="module")
def bundle(tiny, tmp_path_factory):
    """The bytes of a small bundle, and of one with the same vocabulary and another network."""
    vocabulary, folder = tiny[2], tmp_path_factory.mktemp("bundles")
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        model = ru.classic_model(8, len(vocabulary.symbols), (2, 2, 2), 2)
        history = ru.History((), {"classic": 0.0})
        ru.Trained("classic", model, vocabulary, 8, history).save(folder / f"{seed}.zip")
    assert len(list(folder.iterdir())) == 2
    return [(folder / f"{seed}.zip").read_bytes() for seed in (1, 2)]


def with_member(bundle, name, content, packing=zipfile.ZIP_DEFLATED):
    """A bundle in which one member has another content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(buffer, "w", packing) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return buffer.getvalue()


def member(bundle, name):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name)


def refusal(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a trained model, or it is damaged") as refused:
        ru.load_trained(path)
    assert str(refused.value).endswith("'make model' for one in models/.")
    return str(refused.value)


def test_a_network_of_another_bundle_is_refused(bundle, tmp_path):
    path = tmp_path / "bundle.zip"
    swapped = with_member(bundle[0], "model.keras", member(bundle[1], "model.keras"))
    assert "its network is that of another one" in refusal(path, swapped)
    about = json.loads(member(bundle[0], "about.json"))
    assert about["model"] == hashlib.sha256(member(bundle[0], "model.keras")).hexdigest()
    del about["model"]  # as in version 0.2
    path.write_bytes(with_member(bundle[0], "about.json", json.dumps(about)))
    assert ru.load_trained(path).recipe == "classic"


def test_members_that_unpack_to_gigabytes_are_refused_unpacked(bundle, tmp_path):
    path, zeros = tmp_path / "bundle.zip", bytes(120_000_000)
    assert "it would unpack to 120 MB" in refusal(
        path, with_member(bundle[0], "model.keras", zeros)
    )
    network, about = (member(bundle[0], name) for name in ("model.keras", "about.json"))
    about = json.loads(about)
    weights = with_member(network, "model.weights.h5", zeros)
    about["model"] = hashlib.sha256(weights).hexdigest()
    hidden = with_member(bundle[0], "about.json", json.dumps(about))
    hidden = with_member(hidden, "model.keras", weights, zipfile.ZIP_STORED)
    assert "it would unpack to 120 MB" in refusal(path, hidden)
    strange = with_member(bundle[0], "", b"", zipfile.ZIP_LZMA)
    assert "packed in an unusual way" in refusal(path, strange)


def test_damaged_bundles_are_refused_before_keras_reads_them(bundle, tmp_path, monkeypatch):
    """What is left undamaged is read: a changed byte that says nothing, such as a date."""
    path, rng, right = tmp_path / "bundle.zip", random.Random(3), member(bundle[0], "model.keras")
    network = bundles._network(right)
    monkeypatch.setattr(bundles, "_network", lambda data: data == right and network)
    refused = 0
    for _ in range(150):
        damaged = bytearray(bundle[0])
        for _ in range(rng.choice([1, 1, 4])):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])])
        try:
            assert ru.load_trained(path).model is network
        except ValueError as error:
            assert "is not a trained model, or it is damaged (" in str(error)
            refused += 1
    assert refused > 100
