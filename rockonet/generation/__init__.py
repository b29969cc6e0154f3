"""Notebook 04: new music."""
