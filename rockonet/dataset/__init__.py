"""Notebook 02: a folder of songs becomes a data set."""
