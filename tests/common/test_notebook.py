"""What a notebook prints: checks and tables."""

import rockonet_utils as ru


def test_check_tells_success_from_failure(capsys):
    ru.check("it works", True, "Do this.")
    ru.check("it works", False, "Do this.")
    good, bad = capsys.readouterr().out.splitlines()
    assert "Do this." not in good and bad.endswith("Do this.")


def test_table_sets_numbers_to_the_right():
    text = ru.table(["name", "n"], [("a", 1234), ("b", 5)]).data
    assert text.splitlines() == ["| name | n |", "| --- | --: |", "| a | 1,234 |", "| b | 5 |"]
