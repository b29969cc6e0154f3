"""A trained model in one file: saved, read, refused."""

import dataclasses
import json
import zipfile

import pytest

import rockonet_utils as ru


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
