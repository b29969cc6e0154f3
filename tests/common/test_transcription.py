"""Titles in ASCII."""

import pytest

from rockonet.common.transcription import ascii_text


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("Highway to Hell (1979)", "Highway to Hell (1979)"),
        ("Grüße", "Gruesse"),
        ("Gru\u0308ße", "Gruesse"),  # the dots are a character of their own
        ("Über", "Ueber"),
        ("ÜBER GRÖßE", "UEBER GROESSE"),
        ("Motörhead", "Motoerhead"),
        ("Café à Liège", "Cafe a Liege"),
        ("mañana", "manana"),
        ("Łódź", "Lodz"),
        ("рок", "rok"),
        ("Щука и ёж", "Shchuka i yozh"),
        ("День", "Den"),
        ("Ήλιος", "Ilios"),
        ("B♭ – C♯", "Bb - C#"),
        ("“№ 5”…", '"No 5"...'),
        ("½ ①", "1/2 1"),
        ("岩 🎸", "? ?"),
        ("", ""),
    ],
)
def test_the_usual_transcription(text, usual):
    assert ascii_text(text) == usual and usual.isascii()
