"""A notebook shows a big thing in one line."""

import rockonet_utils as ru


def test_what_is_shown_of_a_big_thing_is_one_short_line(starter, riff_recipe, classic_recipe):
    corpus, vocabulary = starter[0], riff_recipe.vocabulary
    windows, classes, _ = ru.classic_windows(corpus, 16, 2, classic_recipe.vocabulary)
    prompt = ru.random_excerpt(corpus, 16, seed=1)
    shown = {
        repr(thing): number
        for thing, number in (
            (corpus, f"{corpus.n_events:,} events"),
            (vocabulary, str(len(vocabulary.durations))),
            (classic_recipe.vocabulary, f"{len(classic_recipe.vocabulary.symbols):,} symbols"),
            (windows, f"{len(windows):,} of 16 events"),
            (classes, f"{len(classes):,} rows"),
            (classic_recipe, f"{classic_recipe.history.best.validation_loss:.2f}"),
            (classic_recipe.history, f"{len(classic_recipe.history.epochs)} rows"),
            (prompt, "16 events of a prompt, 0 new"),
            (prompt.audio(), f"{prompt.audio().seconds:.1f} s"),
        )
    }
    assert len(shown) == 9
    for line, number in shown.items():
        assert line.startswith("<") and "\n" not in line and len(line) < 150
        assert number in line
