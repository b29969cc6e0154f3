"""The numbers of a training survive saving."""

import pytest
from helpers import ROOT

import rockonet_utils as ru


def test_history_survives_saving_and_bad_files_are_refused(tmp_path):
    rows = tuple(ru.Epoch("classic", 0.1**k, e, 1 / 3, 2 / 3, 0.1) for k in (2, 3) for e in (1, 2))
    history = ru.History(rows, {"classic": 4.2})
    history.save(tmp_path / "h.csv")
    assert ru.load_history(tmp_path / "h.csv") == history
    for content in ("", "a,b\n1,2\n", (tmp_path / "h.csv").read_text().replace("0.1", "fast")):
        (tmp_path / "bad.csv").write_text(content)
        with pytest.raises(ValueError, match="Run notebook 03"):
            ru.load_history(tmp_path / "bad.csv")


def test_a_changed_number_is_noticed(tmp_path):
    rows = tuple(ru.Epoch("classic", 0.01, e, 4.0 / e, 4.25 / e, 1.0) for e in (1, 2, 3))
    history = ru.History(rows, {"classic": 4.5}, {"classic": 4.75})
    history.save(tmp_path / "h.csv")
    whole = (tmp_path / "h.csv").read_text()
    changes = [("4.25", "4.26"), ("classic", "classik"), ("0.01", "0.02"), ("4.75", "")]
    for old, new in changes:
        (tmp_path / "bad.csv").write_text(whole.replace(old, new, 1))
        with pytest.raises(ValueError, match="a check sum says that it was changed.*notebook 03"):
            ru.load_history(tmp_path / "bad.csv")
    for old in ("figures/loss_history.csv", "figures/published/loss_history.csv"):
        shipped = ru.load_history(ROOT / old)
        shipped.save(tmp_path / "h.csv")
        assert ru.load_history(tmp_path / "h.csv") == shipped
    nats = ru.load_nats()
    ru.save_nats(tmp_path / "nats.csv", *nats)
    assert ru.load_nats(tmp_path / "nats.csv") == nats
    text = (tmp_path / "nats.csv").read_text()
    (tmp_path / "bad.csv").write_text(text.replace("counted", "learned", 1))
    with pytest.raises(ValueError, match="a check sum says that it was changed.*make bench"):
        ru.load_nats(tmp_path / "bad.csv")


def test_the_best_epoch_is_one_whose_loss_is_a_number():
    losses = (float("nan"), 3.0, float("inf"), 2.0)
    rows = tuple(ru.Epoch("classic", 0.01, e, 1.0, loss, 1.0) for e, loss in enumerate(losses, 1))
    assert ru.History(rows, {"classic": 4.5}).best.epoch == 4
