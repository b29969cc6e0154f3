"""The network of the riff recipe: an LSTM, chained heads, votes, and trust in a memory.

What is changed here is changed in riff_decoder.py too, which goes on with riffs; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
from keras import KerasTensor, layers, ops

from rockonet.training.repeats import MATCH_LENGTHS
from rockonet.training.riff_features import N_COLUMNS, POSITIONS, RIFF_COLUMNS, part_columns
from rockonet.training.riff_vocabulary import CHORD, PART_TABLE, PARTS, Part
from rockonet.training.song_memory import EXPERTS, experts_of

FARTHEST = 12  # semitones from one bass to the next that are told apart
FIRST_TRUST = 2.0  # before training the network is trusted e² times as much as one expert


def riff_model(
    sizes: dict[str, int],
    units: Sequence[int] = (192,),
    hidden: int = 128,
    dropout: float = 0.1,
    candidates: bool = True,
    skip: bool = True,
    memory: bool = True,
    stack: Callable[[KerasTensor, Sequence[int], float], KerasTensor] | None = None,
) -> keras.Model:
    """The network of the riff recipe, not yet compiled.

    sizes: classes of each part, as `RiffVocabulary.sizes`. units: cells of the LSTM layers.
    hidden: width of the layer in each head. candidates: whether it sees what the music suggests;
        skip: whether the heads see the input besides the LSTM; memory: whether it trusts experts
        that count (all three for experiments). stack: what reads the events so far in place of
        `lstm_stack`, with the same arguments.
    Reads ints (batch, events, N_COLUMNS) of `riff_inputs` and, with a memory, what its experts have
        heard, floats (batch, events, n_experts) of `song_memory`. Gives a dict of logits (batch,
        events, classes), one for each of `PARTS`; and those of the trust in the network and in
        each expert, (batch, events, 1 + experts), under the name that `trust_in` gives to a part.
        Each part sees the target's parts before it, and no more.
    Notebook: 03.
    """
    reader = EventReader(sizes)
    known = embed_inputs(reader, candidates)
    heard = (stack or lstm_stack)(known, units, dropout)
    told = join(heard, known) if skip else heard
    answers = chained_heads(reader, told, sizes, hidden, dropout, candidates, memory)
    inputs = [reader.inputs, reader.heard] if memory else reader.inputs
    return keras.Model(inputs, answers, name="riff")


def trust_in(part: str) -> str:
    """The name of the answer that says how far the network and each expert of a part is trusted."""
    return f"trust in {part}"


class EventReader:
    """What the network reads of each event, and the learned numbers that stand for its classes.

    inputs: ints (batch, events, N_COLUMNS), see `RIFF_COLUMNS`. heard: floats (batch, events,
    n_experts), how much each expert of the memory has heard. The rest are tables with a row of
    learned numbers for each class: for the parts of an event; narrower ones for those of what the
    music suggests; for places in the bar; for lengths of the longest match; for how far the bass
    goes.
    Notebook: 03.
    """

    def __init__(self, sizes: dict[str, int]):
        self.inputs = keras.Input((None, N_COLUMNS), dtype="int32")
        self.heard = keras.Input((None, len(EXPERTS)))

        def table(kind: str, part: Part, width: int) -> layers.Embedding:
            return layers.Embedding(sizes[part.name] + 1, width, name=f"{kind}_{part.name}")

        self.event = {part.name: table("embed", part, part.width) for part in PART_TABLE}
        self.candidate = {
            part.name: table("candidate", part, max(3, part.width // 4)) for part in PART_TABLE
        }
        self.position = layers.Embedding(POSITIONS + 1, 12, name="embed_position")
        self.match_length = layers.Embedding(len(MATCH_LENGTHS) + 1, 8, name="embed_match_length")
        self.interval = layers.Embedding(2 * FARTHEST + 2, 8, name="embed_interval")

    def codes(self, name: str, part: str = "") -> KerasTensor:
        """Some of the inputs, (batch, events, n): all that `name` stands for, or one part of it."""
        return self.inputs[:, :, part_columns(name, part) if part else RIFF_COLUMNS[name]]

    def suggestions(self, part: str) -> KerasTensor:
        """What the music suggests for a part, and last what the previous event had, as codes."""
        lags = self.codes("lag_steps") if part == "step" else self.codes("lags", part)
        return join(lags, *(self.codes(name, part) for name in ("match", "recent", "previous")))

    def intervals(self) -> KerasTensor:
        """How far the bass goes from the event before, as codes (batch, events): 0 for nowhere."""
        before, now = (self.codes(name, "bass")[:, :, 0] for name in ("previous", "target"))
        return ops.where(before > 0, ops.clip(now - before, -FARTHEST, FARTHEST) + FARTHEST + 1, 0)

    def same_chord(self) -> KerasTensor:
        """Which of the events that suggest something have the target's chord: 0 or 1 each."""
        same = [ops.equal(self.suggestions(p), self.codes("target", p)) for p in CHORD]
        return ops.cast(ops.logical_and(*same), "float32")


def embed_inputs(reader: EventReader, candidates: bool = True) -> KerasTensor:
    """What is known before an event, as numbers: the last event, the time, what is suggested.

    Returns (batch, events, width). Notebook: 03.
    """
    known = [reader.event[part](reader.codes("previous", part)[:, :, 0]) for part in PARTS]
    known.append(reader.position(reader.codes("now")[:, :, 0]))
    if candidates:
        known.append(embedded(reader.candidate["step"], reader.suggestions("step")))
        known += [
            embedded(reader.candidate[part], reader.codes("match", part))
            for part in PARTS
            if part != "step"
        ]
        known.append(reader.match_length(reader.codes("match_length")[:, :, 0]))
    return join(*known)


def lstm_stack(known: KerasTensor, units: Sequence[int], dropout: float) -> KerasTensor:
    """What LSTM layers make of all events so far; each layer reads what the one below it shows.

    Returns (batch, events, cells of the last layer). Notebook: 03.
    """
    heard = known
    for number, cells in enumerate(units):
        heard = layers.LSTM(cells, return_sequences=True, name=f"lstm_{number}")(heard)
        heard = layers.Dropout(dropout, name=f"dropout_{number}")(heard)
    return heard


def chained_heads(
    reader: EventReader,
    told: KerasTensor,
    sizes: dict[str, int],
    hidden: int,
    dropout: float = 0.0,
    candidates: bool = True,
    memory: bool = True,
) -> dict[str, KerasTensor]:
    """The logits of each part; a head is told what all are told, and the parts before its own.

    told: (batch, events, width). The rest, and what comes beside the parts: see `riff_model`.
    Notebook: 03.
    """
    told_so_far = [told]
    answers: dict[str, KerasTensor] = {}
    for part in PARTS:
        answers |= part_head(
            reader, part, told_so_far, sizes[part], hidden, dropout, candidates, memory
        )
        told_so_far.append(reader.event[part](reader.codes("target", part)[:, :, 0]))
    return answers


def part_head(
    reader: EventReader,
    part: str,
    told: Sequence[KerasTensor],
    n_classes: int,
    hidden: int,
    dropout: float,
    candidates: bool,
    memory: bool,
) -> dict[str, KerasTensor]:
    """The logits of one part, (batch, events, n_classes): what its head thinks, and the votes.

    told: what this head is told, (batch, events, any width) each. The rest, and what comes beside
    the part: see `riff_model`.
    Notebook: 03.
    """
    told = list(told)
    if part == "bass":  # the first that knows when the event starts
        told.append(reader.position(reader.codes("then")[:, :, 0]))
    if part == "technique":  # a hand hammers, slides and bends within its reach
        told.append(reader.interval(reader.intervals()))
    if candidates:
        suggested = reader.suggestions(part)
        told += suggestion_features(reader, part, suggested)
    thought = layers.Dense(hidden, activation="relu", name=f"hidden_{part}")(join(*told))
    thought = layers.Dropout(dropout, name=f"dropout_{part}")(thought)
    score = layers.Dense(n_classes, name=f"score_{part}")(thought)
    if candidates:  # a vote for each suggestion, as strong as the network trusts it just now
        if part == "duration":  # until the next note is a frequent length
            suggested = join(suggested, reader.codes("target", "step"))
        trust = layers.Dense(suggested.shape[-1], name=f"trust_{part}")(thought)
        votes = ops.one_hot(suggested - 1, n_classes)  # of what is not there: no vote
        score = score + ops.einsum("btg,btgc->btc", trust, votes)
    if not memory:
        return {part: score}
    return {part: score, trust_in(part): expert_trust(reader, part, thought)}


def expert_trust(reader: EventReader, part: str, thought: KerasTensor) -> KerasTensor:
    """How far the network itself and each expert of a part is trusted, as logits.

    thought: what the part's head thinks, (batch, events, width). An expert that has heard nothing
    is not trusted at all.
    Returns (batch, events, 1 + experts), the network first.
    Notebook: 03.
    """
    heard = reader.heard[:, :, experts_of(part)]
    judged = layers.Dense(64, activation="relu", name=f"judge_{part}")(join(thought, heard))
    trust = layers.Dense(1 + heard.shape[-1], name=f"memory_{part}")(judged)
    silent = ops.pad(ops.cast(heard <= 0, "float32"), [[0, 0], [0, 0], [1, 0]])
    first = ops.one_hot(0, trust.shape[-1])
    return trust + FIRST_TRUST * first - 1e9 * silent


def suggestion_features(
    reader: EventReader, part: str, suggested: KerasTensor
) -> list[KerasTensor]:
    """What helps a head to judge suggestions: which they are, and which of them agree."""
    found = []
    if part != "step":
        found.append(embedded(reader.candidate[part], suggested))
        # Do the matches suggest the step that was taken?
        steps = join(reader.codes("match", "step"), reader.codes("recent", "step"))
        found.append(ops.cast(ops.equal(steps, reader.codes("target", "step")), "float32"))
    if part == "technique":
        found.append(reader.same_chord())  # what is played again is mostly played alike
    one, other = suggested[:, :, :, None], suggested[:, :, None, :]
    agree = ops.cast(ops.logical_and(ops.equal(one, other), one > 0), "float32")
    found.append(layers.Reshape((-1, suggested.shape[-1] ** 2))(agree))
    return found


def embedded(table: layers.Embedding, codes: KerasTensor) -> KerasTensor:
    """Rows of a table for codes (batch, events, n), side by side: (batch, events, n × width)."""
    return layers.Reshape((-1, codes.shape[-1] * table.output_dim))(table(codes))


def join(*tensors: KerasTensor) -> KerasTensor:
    """Tensors side by side."""
    return layers.Concatenate()(tensors) if len(tensors) > 1 else tensors[0]
