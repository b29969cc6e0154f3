"""Settings: profile, environment, folders, and what is refused."""

import numpy as np
import pytest

import rockonet_utils as ru


def test_settings_come_from_profile_environment_and_folder(monkeypatch, tmp_path):
    assert ru.settings().profile == "quick" and ru.settings().data == "starter"
    published = ru.settings("published")
    assert (published.units, published.epochs, published.batch_size) == ((512, 512, 256), 200, 64)
    assert published.programs == (26,) and published.sequence_length == 100
    monkeypatch.setenv("ROCKONET_PROFILE", "workshop")
    monkeypatch.setenv("ROCKONET_DATA", str(tmp_path))
    chosen = ru.settings()
    assert chosen.profile == "workshop" and chosen.folder == tmp_path
    assert chosen.replace(epochs=3).epochs == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (dict(epoch=3), "no setting named 'epoch': do you mean 'epochs'?"),
        (dict(epochs=0), "epochs is 0; it wants one whole number, 1 or more"),
        (dict(epochs=2.5), "epochs is 2.5; it wants one whole number"),
        (dict(epochs=(2, 3)), "one whole number"),
        (dict(learning_rates=0.01), "numbers in brackets, 0 or more, as learning_rates=(0.01,"),
        (dict(learning_rates=()), "numbers in brackets"),
        (dict(learning_rates=(0.01, "0.1")), "numbers in brackets"),
        (dict(dropout=-0.1), "dropout is -0.1"),
        (dict(riff_dropout=1.5), "riff_dropout is 1.5; it wants one number, 0 or more and below 1"),
        (dict(riff_units=32), "whole numbers in brackets"),
        (dict(units=(4,)), "units is (4,); it wants whole numbers in brackets, 1 or more, one for"),
        (dict(programs=(26, 128)), "0 or more and below 128"),
        (dict(decay=float("inf")), "decay is inf; it wants one number"),
    ],
)
def test_settings_that_cannot_be_are_named(wrong, said):
    with pytest.raises(ValueError) as refused:
        ru.settings().replace(**wrong)
    assert said in str(refused.value)


def test_settings_may_be_numpy_numbers():
    chosen = ru.settings().replace(learning_rates=np.geomspace(0.01, 0.001, 3), epochs=np.int64(2))
    assert len(chosen.learning_rates) == 3 and chosen.epochs == 2


def test_folders_of_one_name_do_not_share_their_output(tmp_path):
    for name in ("a/songs", "b/songs"):
        (tmp_path / name).mkdir(parents=True)
    outputs = {ru.settings(data=tmp_path / name).output for name in ("a/songs", "b/songs")}
    assert len(outputs) == 2


def test_wrong_settings_say_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="quick, workshop, published"):
        ru.settings("slow")
    with pytest.raises(FileNotFoundError, match="starter"):
        ru.settings(data=tmp_path / "nothing here")
    with pytest.raises(FileNotFoundError, match="There is no folder '~nobody at all'"):
        ru.settings(data="~nobody at all")
