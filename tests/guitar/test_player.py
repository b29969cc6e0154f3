"""The player that follows the notes."""

import base64
import dataclasses
import io
import json
import re
import tracemalloc

import numpy as np
import pytest
import soundfile
from helpers import random_riff
from traitlets import TraitError

import rockonet_utils as ru
from rockonet.guitar.stem_files import CODING


@pytest.fixture(scope="module")
def player():
    riff = dataclasses.replace(random_riff(4), prompt_events=6, title='<b>odd</b> "title"')
    return riff.revoiced().player("overdrive")


def test_player_holds_all_and_asks_nobody(player):
    html, riff = player.html(), player.riff
    assert 'class="head"' in html and "<b>odd" not in html
    assert "http" not in re.sub(r"http://www\.w3\.org[^\"]*", "", html)
    song = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])
    bar = 48 * 60 / riff.tempo_bpm / 12
    onset = np.cumsum(riff.events["step"]) * 60 / riff.tempo_bpm / 12
    np.testing.assert_allclose([note[0] for note in song["notes"]], bar + onset, atol=1e-3)
    assert song["lead"] == pytest.approx(bar, abs=1e-5)
    assert song["bars"] == -(-int(riff.events["step"].sum() + 1) // 48)
    assert all(f'id="{song["mark"]}{name}"' in html for note in song["notes"] for name in note[2])
    with pytest.raises(ValueError, match="Unknown sound"):
        riff.player("kazoo")


def test_its_scripts_are_one_and_the_same_and_no_tag_has_a_handler(player):
    html = player.html()
    (script,) = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    other = random_riff(5).revoiced().player(count_in=False).html()
    assert f'<script type="module">{script}</script>' in other
    assert not re.search(r"<[^>]*\son[a-z]+=", html)


def test_without_scripts_each_stem_can_be_heard(player):
    found = re.findall(r'data-stem="(\w+)"[^>]*base64,([^"]+)"', player.html())
    assert [name for name, _ in found] == list(CODING)
    heard = {}
    for name, data in found:
        heard[name], rate = soundfile.read(io.BytesIO(base64.b64decode(data)), always_2d=True)
        assert rate == 48_000
    lengths = {len(samples) for samples in heard.values()}
    assert len(lengths) == 1  # in step
    stems = ru.stems(player.riff, True, True)
    assert abs(lengths.pop() - len(stems["guitar"].samples)) < 48
    whole = sum(samples.mean(axis=1) for samples in heard.values())
    mix = player.riff.audio(True, True).samples.mean(axis=1)[: len(whole)]
    # Together they are the mix, as a lossy file tells it: half of its power differs at most.
    assert np.square(whole[: len(mix)] - mix).sum() < 0.5 * np.square(mix).sum()
    assert np.square(whole).sum() == pytest.approx(np.square(mix).sum(), rel=0.15)


def test_it_is_small_and_reaches_up_to_16_khz(player):
    size = sum(len(data) for data in player._files.values())
    assert size * 8 / player._seconds < 125_000  # bits a second, all stems together
    drums, rate = soundfile.read(io.BytesIO(player._files["drums"]))
    power = np.abs(np.fft.rfft(drums[:, 0])) ** 2
    hertz = np.fft.rfftfreq(len(drums), 1 / rate)
    before = ru.stems(player.riff, True, True)["drums"].samples[:, 0]
    original = np.abs(np.fft.rfft(before)) ** 2
    high, there = (hertz > 12_000) & (hertz < 16_000), np.fft.rfftfreq(len(before), 1 / rate)
    share = power[high].sum() / power.sum()
    wanted = original[(there > 12_000) & (there < 16_000)].sum() / original.sum()
    assert share == pytest.approx(wanted, rel=0.5)


def test_what_is_set_is_checked(player):
    player.loop, player.speed, player.muted, player.solo = [1, 2], 50, ["bass"], "guitar"
    player.loop = []
    for name, value in (
        *(("loop", loop) for loop in ([2, 1], [0, 1], [1, 99], [1])),
        *(("speed", speed) for speed in (20, 130)),
        *(("muted", ["kazoo"]), ("solo", "kazoo")),
    ):
        with pytest.raises(TraitError):
            setattr(player, name, value)


def test_the_page_gets_the_stems_when_it_asks(player, monkeypatch):
    sent = []
    monkeypatch.setattr(player, "send", lambda content, buffers: sent.append((content, buffers)))
    player._handle_custom_msg({"wants": "stems"}, [])
    ((content, buffers),) = sent
    assert content == {"stems": list(CODING)} and [*buffers] == [*player._files.values()]


def test_a_hundred_players_take_less_than_200_mb_of_the_kernel():
    tracemalloc.start()
    others = [random_riff(4).revoiced().player()]  # the last guitar that was played is kept, too
    before = tracemalloc.get_traced_memory()[0]
    others += [random_riff(seed).revoiced().player() for seed in (5, 6, 7)]
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown / 3 < 2e6  # bytes a player, its score, its stems and its riff


def test_a_cell_shows_html_that_stays_without_a_kernel(player):
    data, _ = player._repr_mimebundle_()
    assert set(data) == {"text/html", "text/plain"} and len(data["text/plain"]) < 80
