"""The network of the riff recipe: an LSTM, chained heads, and votes of candidates."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from rockonet.training.riff_features import N_COLUMNS, RIFF_COLUMNS
from rockonet.training.riff_vocabulary import PARTS
from rockonet.training.runs import MATCH_LENGTHS


def riff_model(
    sizes: dict[str, int],
    units: Sequence[int] = (192,),
    hidden: int = 128,
    dropout: float = 0.1,
    candidates: bool = True,
    skip: bool = True,
    carry: bool = False,
) -> Any:
    """The network of the riff recipe, not yet compiled.

    sizes: classes of each part, as `RiffVocabulary.sizes`. units: cells of the LSTM layers.
    hidden: width of the layer in each head. candidates: whether it sees what the music suggests;
        skip: whether the heads see the input besides the LSTM (both for experiments).
    carry: give it in pieces, to go on event by event: a network from the inputs and the states of
        the LSTM layers to what it knows and the new states; and for each part a network from the
        inputs and what is known to its logits.
    Reads ints (batch, events, N_COLUMNS) of `riff_inputs`; gives a dict of logits (batch, events,
        classes), one for each of `PARTS`. Each part sees the target's parts before it, and no more.
    Notebook: 03.
    """
    inputs = keras.Input((None, N_COLUMNS), dtype="int32")
    width = {"step": 24, "bass": 48, "shape": 24, "duration": 16, "velocity": 4}
    embed = {p: layers.Embedding(sizes[p] + 1, width[p], name=f"embed_{p}") for p in PARTS}
    small = {
        p: layers.Embedding(sizes[p] + 1, max(3, width[p] // 4), name=f"candidate_{p}")
        for p in PARTS
    }
    position = layers.Embedding(49, 12, name="embed_position")
    run = layers.Embedding(len(MATCH_LENGTHS) + 1, 8, name="embed_match_length")

    def columns(name: str, first: int = 0, every: int = 1) -> Any:
        return inputs[:, :, RIFF_COLUMNS[name].start + first : RIFF_COLUMNS[name].stop : every]

    def join(*things: Any) -> Any:
        return layers.Concatenate()(things) if len(things) > 1 else things[0]

    def embedded(table: Any, codes: Any) -> Any:
        """(batch, events, n) codes to (batch, events, n × width)."""
        return layers.Reshape((-1, codes.shape[-1] * table.output_dim))(table(codes))

    def guesses(part: int) -> Any:
        """Codes of one part: what the music suggests, and last what the previous event had."""
        previous = columns("previous", part, 5)
        if not candidates:
            return previous
        lags = columns("lags", part, 5) if part else columns("lag_steps")
        return join(lags, columns("match", part, 5), columns("recent", part, 5), previous)

    known = [embed[part](columns("previous", i, 5)[:, :, 0]) for i, part in enumerate(PARTS)]
    known.append(position(columns("now")[:, :, 0]))
    if candidates:
        known.append(embedded(small["step"], guesses(0)))
        known += [embedded(small[p], columns("match", i, 5)) for i, p in enumerate(PARTS) if i]
        known.append(run(columns("match_length")[:, :, 0]))
    known = join(*known)
    heard, states_in, states_out = known, [], []
    for number, cells in enumerate(units):
        lstm = layers.LSTM(cells, return_sequences=True, return_state=carry, name=f"lstm_{number}")
        if carry:
            states_in += [keras.Input((cells,)), keras.Input((cells,))]
            heard, *states = lstm(heard, initial_state=states_in[-2:])
            states_out += states
        else:
            heard = lstm(heard)
        heard = layers.Dropout(dropout, name=f"dropout_{number}")(heard)

    told = [join(heard, known) if skip else heard]  # what the next head knows; grows part by part
    if carry:
        listen = keras.Model([inputs, *states_in], [*told, *states_out], name="listen")
        told = [keras.Input((None, told[0].shape[-1]))]
    heard_and_known, logits = told[0], {}
    for i, part in enumerate(PARTS):
        guessed = guesses(i)
        told_here = list(told)
        if part == "bass":
            told_here.append(position(columns("then")[:, :, 0]))
        if candidates:
            if i:
                told_here.append(embedded(small[part], guessed))
                # Do the matches suggest the step that was taken?
                steps = join(columns("match", 0, 5), columns("recent", 0, 5))
                told_here.append(ops.cast(ops.equal(steps, columns("target")[:, :, :1]), "float32"))
            one, other = guessed[:, :, :, None], guessed[:, :, None, :]
            agree = ops.cast(ops.logical_and(ops.equal(one, other), one > 0), "float32")
            told_here.append(layers.Reshape((-1, guessed.shape[-1] ** 2))(agree))
        thought = layers.Dense(hidden, activation="relu", name=f"hidden_{part}")(join(*told_here))
        thought = layers.Dropout(dropout, name=f"dropout_{part}")(thought)
        score = layers.Dense(sizes[part], name=f"score_{part}")(thought)
        if candidates:  # a vote for each guess, as strong as the network trusts it just now
            if part == "duration":  # until the next note is a frequent length
                guessed = join(guessed, columns("target")[:, :, :1])
            trust = layers.Dense(guessed.shape[-1], name=f"trust_{part}")(thought)
            votes = ops.one_hot(guessed - 1, sizes[part])  # of what is not there: no vote
            score = score + ops.einsum("btg,btgc->btc", trust, votes)
        logits[part] = score
        told.append(embed[part](columns("target")[:, :, i]))
    if carry:
        return listen, {p: keras.Model([inputs, heard_and_known], logits[p]) for p in PARTS}
    return keras.Model(inputs, logits, name="riff")


@functools.lru_cache(maxsize=4)
def stateful_model(model: Any) -> tuple[Any, dict[str, Any], list[int]]:
    """The riff network in pieces, see `carry` of `riff_model`, and the sizes of its states."""
    cells = [layer.units for layer in model.layers if layer.name.startswith("lstm_")]
    sizes = {part: logits.shape[-1] for part, logits in model.output.items()}
    hidden = model.get_layer(f"hidden_{PARTS[0]}").units
    listen, heads = riff_model(sizes, cells, hidden, carry=True)
    for piece in (listen, *heads.values()):
        for layer in piece.layers:
            if layer.weights:
                layer.set_weights(model.get_layer(layer.name).get_weights())
    return listen, heads, cells
