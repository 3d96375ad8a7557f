"""Counts of city, stadsdelen and wijken as they are told, and what is likely of them by what is told."""
