"""The settings of the riff machine: how a riff is made and heard."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from rockonet.common.techniques import BENDS, Technique, technique_name
from rockonet.common.tunings import TUNINGS
from rockonet.generation.panel_parts import COLUMN, LABELLED, ROW, Choice, number
from rockonet.guitar.riff import SOUNDS
from rockonet.training.trained import Trained

SCALES = (
    "any",
    *(
        f"{tonic} {kind}"
        for kind in ("minor pentatonic", "blues", "minor", "major", "dorian", "phrygian")
        for tonic in ("E", "A", "D", "G", "C", "F#", "B")
    ),
)
SAME_TUNING = "as the prompt"


class SettingsPanel:
    """How a riff is made and heard; `panel` is what is shown. trained: the model that makes it."""

    def __init__(self, trained: Trained) -> None:
        self.sound = widgets.Dropdown(options=list(SOUNDS), description="sound", **LABELLED)
        self.scale = Choice(SCALES, "scale", "a note and a kind: F# harmonic minor")
        self.tuning = Choice(
            [SAME_TUNING, *TUNINGS], "tuning", "notes, lowest first: D2 A2 D3 G3 B3 E4"
        )
        self.temperature = number("temperature", 1.0, 0.2, 2.0, step=0.1)
        self.bars = number("new bars", 8, 1, 32)
        self.band = widgets.Checkbox(True, description="with bass and drums", indent=False)
        self.techniques = {
            flag: widgets.Checkbox(
                True, description=technique_name(flag), indent=False, layout={"width": "auto"}
            )
            for flag in dict.fromkeys(map(_switch, learned_techniques(trained)))
        }
        switches = widgets.HBox([*self.techniques.values()], layout=ROW)
        fields = [self.sound, self.scale, self.tuning, self.temperature, self.bars, self.band]
        self.panel = widgets.VBox([*fields, switches], layout=COLUMN)

    def chosen_tuning(self) -> str:
        """The tuning that was chosen; "" is that of the prompt."""
        tuning = self.tuning.value.strip()
        return "" if tuning == SAME_TUNING else tuning

    def request(self) -> dict[str, Any]:
        """What they ask of `generate`."""
        scale = self.scale.value.strip()
        asked: dict[str, Any] = dict(
            bars=self.bars.value,
            temperature=self.temperature.value,
            scale=None if scale in ("", "any") else scale,
            tuning=self.chosen_tuning() or None,
        )
        if not all(switch.value for switch in self.techniques.values()):
            asked["techniques"] = {
                flag
                for flag in Technique
                if (switch := self.techniques.get(_switch(flag))) and switch.value
            }
        return asked


def _switch(flag: Technique) -> Technique:
    """The technique by whose name a flag is switched: whoever bends lets down, too."""
    return Technique.BEND if flag & BENDS else flag


def learned_techniques(trained: Trained) -> list[Technique]:
    """The techniques that a model plays events with, as far as it has learned any."""
    played = 0
    for manner in getattr(trained.vocabulary, "manners", ()):
        played |= int(manner) >> 1  # the flags stand above a bit that is always set
    return [flag for flag in Technique if flag & played]
