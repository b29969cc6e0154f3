"""What several tests of training look at."""

import dataclasses

import numpy as np
import pytest


@pytest.fixture
def beginning(small):
    """The first 40 events of a song, as a corpus."""
    corpus = small[2].select([0])
    return dataclasses.replace(
        corpus,
        events=corpus.events[:40],
        offsets=np.array([0, 40]),
        tracks=corpus.tracks[:1],
    )


@pytest.fixture(scope="session", autouse=True)
def every_graph_is_quick(quick_graphs):
    """Here all networks learn for a moment."""
