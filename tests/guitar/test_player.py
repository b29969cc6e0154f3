"""The player that follows the notes."""

import dataclasses
import json
import re

import numpy as np
import pytest
from helpers import random_riff


def test_player_holds_all_and_asks_nobody():
    riff = dataclasses.replace(random_riff(4), prompt_events=6).revoiced()
    html = riff.player("overdrive")._repr_html_()
    assert (
        "<audio controls" in html
        and 'class="head"' in html
        and "http" not in re.sub(r"http://www\.w3\.org[^\"]*", "", html)
    )
    notes = json.loads(re.search(r"data-notes='(.*?)'", html)[1])
    bar = 48 * 60 / riff.tempo_bpm / 12
    onset = np.cumsum(riff.events["step"]) * 60 / riff.tempo_bpm / 12
    np.testing.assert_allclose([note[0] for note in notes], bar + onset, atol=1e-3)
    mark = re.search(r'class="rockonet" id="([^"]*)"', html)[1]
    assert all(f'id="{mark}{name}"' in html for note in notes for name in note[2])
    with pytest.raises(ValueError, match="Unknown sound"):
        riff.player("kazoo")
