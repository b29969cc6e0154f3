"""The figure of the project."""

import rockonet_utils as ru


def test_loss_chart_is_drawn_from_the_csv_alone(tmp_path):
    rows = tuple(
        ru.Epoch("classic", rate, e, 5 - rate * 100 * e, 5.0, 1.0)
        for rate in (0.01, 0.001, 0.0001)
        for e in range(1, 6)
    )
    first = ru.save_loss_chart(ru.History(rows, {"classic": 4.5}), tmp_path / "a")
    second = ru.save_loss_chart(ru.load_history(first[0]), tmp_path / "b")
    assert [path.name for path in first] == ["loss_history.csv", "loss_chart.png", "loss_chart.svg"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_loss_chart_shows_every_rate_and_the_line_to_beat():
    rows = tuple(
        ru.Epoch("classic", r, e, r + e, 9.0, 1.0) for r in (0.01, 0.001, 0.0001) for e in (1, 2)
    )
    (ax,) = ru.loss_chart(ru.History(rows, {"classic": 4.5})).axes
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert [list(line.get_ydata()) for line in solid] == [
        [r + 1, r + 2] for r in (0.01, 0.001, 0.0001)
    ]
    assert len(dashed) == 3
    assert len({(line.get_color(), line.get_marker()) for line in solid}) == 3
    assert [list(line.get_ydata()) for line in ax.lines if line.get_linestyle() == ":"] == [
        [4.5, 4.5]
    ]
    assert "nats" in ax.get_ylabel() and ax.get_xlabel() == "epoch"


def test_loss_chart_has_a_panel_for_each_recipe_in_the_price_of_a_chord(tmp_path):
    classic = ru.History((ru.Epoch("classic", 0.01, 1, 4.0, 4.1, 1.0),), {"classic": 4.5})
    names = ("riff", *(f"riff {part}" for part in ru.PARTS))
    rows = tuple(
        ru.Epoch(name, 0.01, e, i / e, 2 * i / e, 1.0)
        for e in (1, 2)
        for i, name in enumerate(names)
    )
    both = classic + ru.History(rows, {"riff": 4.9})
    both.save(tmp_path / "both.csv")
    assert ru.load_history(tmp_path / "both.csv") == both
    left, right = ru.loss_chart(both).axes
    assert "classic" in left.get_title(loc="left") and "riff" in right.get_title(loc="left")
    # Each has a scale of its own, which its own lines fill.
    for panel in (left, right):
        values = [y for line in panel.lines for y in line.get_ydata()]
        low, high = panel.get_ylim()
        assert low <= min(values) and max(values) <= high
        assert max(values) - min(values) > 0.6 * (high - low)
    training, held, frequency = right.lines
    assert list(training.get_ydata()) == [2 + 3, (2 + 3) / 2]  # bass and shape: the chord
    assert list(held.get_ydata()) == [10, 5] and list(frequency.get_ydata()) == [4.9, 4.9]
    assert both.best.recipe == "classic" and len(both.of(0.01)) == 1


def test_a_rate_keeps_its_colour_when_another_is_added():
    def looks(*rates):
        rows = tuple(ru.Epoch("classic", r, e, r + e, 9.0, 1.0) for r in rates for e in (1, 2))
        (ax,) = ru.loss_chart(ru.History(rows, {"classic": 4.5})).axes
        solid = [line for line in ax.lines if line.get_linestyle() == "-"]
        styles = [(line.get_color(), line.get_marker()) for line in solid]
        return dict(zip(rates, styles, strict=True))

    three, four = looks(0.01, 0.001, 0.0001), looks(0.03, 0.01, 0.001, 0.0001)
    assert three == {rate: four[rate] for rate in three} and len(set(four.values())) == 4
    five = looks(0.01, 0.003, 0.001, 0.03)
    assert {0.003, 0.03} == {*five} - {*three} and len(set(five.values())) == 4
    assert five[0.003] == looks(0.003)[0.003] and five[0.01] == three[0.01]
