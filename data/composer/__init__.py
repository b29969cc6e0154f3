"""The band that plays the riff book: each module needs only the ones above it in this list.

    strokes     what guitars and bass play, how it is moved and varied, and what a hand can do
    tablature   text of the riff book to strokes
    chords      names of chords, and how a guitar holds them
    book        the riff book: riffs, licks, plans of songs
    styles      tables: line-ups, forms, progressions, styles, bass lines, grooves, strums
    form        a plan to bars, on which the band agrees
    guitars     bars to riffs, their thirds, strummed chords
    lead        bars to fills and solos
    bass        bars to a bass line
    drums       bars to hits
    midi        notes to the bytes of a MIDI file
    notes       strokes and hits to notes
    techniques  strokes to the notes, the pitch wheel and the controls of a guitar
    song        all of it: a plan to a file

and, beside them, rooftop_radio: a song as tablature, which only `compose_guitar_pro.py` reads.

It needs nothing but Python, and writes the same bytes every time on every machine.

Time is counted in ticks, 12 to the quarter note, unless a name says places (see the riff book) or
MIDI ticks. Pitches are MIDI numbers (E2, the open low string, is 40), programs General MIDI counted
from 0.
"""
