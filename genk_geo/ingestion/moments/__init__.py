"""Dates and clock times as they are written: their forms, their words, the order of a column."""
