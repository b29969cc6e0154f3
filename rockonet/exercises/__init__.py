"""Notebooks 01 to 04: what is right or wrong with an answer."""
