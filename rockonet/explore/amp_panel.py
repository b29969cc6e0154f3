"""The panel of notebook 04 with the knob of an amplifier: turn it, look and listen."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
from IPython.display import display

from rockonet.explore.amp import amplify
from rockonet.explore.sound import Sound
from rockonet.explore.sound_pictures import spectrum_chart, tones, wave_chart

INTERVALS = {
    "one note, A2": (110.0,),
    "a fifth, A2 and E3": (110.0, 164.8),
    "a major third, A2 and C#3": (110.0, 138.6),
}


def amp_panel() -> widgets.VBox:
    """A slider for the gain: wave, spectrum and player of two tones, before and after.

    Notebook: 04.
    """
    return AmpPanel().panel


class AmpPanel:
    """The widgets of the panel, and what happens when they are used."""

    def __init__(self) -> None:
        look = {"layout": {"width": "30em"}, "tooltip": ""}  # else it is 'null' in JupyterLab
        self.interval = widgets.Dropdown(options=INTERVALS, index=1, description="Tones", **look)
        self.gain = widgets.IntSlider(
            36, -24, 48, step=6, description="Gain, dB", continuous_update=False, **look
        )
        self.picture = widgets.Output()
        self.panel = widgets.VBox([self.interval, self.gain, self.picture])
        for knob in (self.interval, self.gain):
            knob.observe(self.show, "value")
        self.show()

    def sounds(self) -> dict[str, Sound]:
        """The two tones before and after the amplifier, as its knobs are set."""
        before = tones(*self.interval.value)
        return {"before": before, "after": amplify(before, self.gain.value)}

    def show(self, _: Any = None) -> None:
        """Draw and play what the knobs say."""
        sounds, (low, *high) = self.sounds(), self.interval.value
        marks = {f"difference, {hz - low:.0f} Hz": hz - low for hz in high}
        self.picture.clear_output(wait=True)
        with self.picture:
            display(wave_chart(sounds), spectrum_chart(sounds, marks), sounds["after"])
