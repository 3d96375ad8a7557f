"""Measures of which the truth is known: 40 at last year's busiest places, 10 of which work."""
