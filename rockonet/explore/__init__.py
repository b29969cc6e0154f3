"""Notebook 01: a MIDI file seen and heard."""
