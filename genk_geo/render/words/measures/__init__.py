"""Measures in words: what became of them."""
