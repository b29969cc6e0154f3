"""The numbers of a training survive saving."""

import pytest

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
