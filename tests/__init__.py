"""Tests lie as the code lies; `tests/fixtures` holds what several rooms share."""
