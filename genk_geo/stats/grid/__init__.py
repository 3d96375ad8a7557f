"""Grids that never move, and counts by cell and period on them."""
