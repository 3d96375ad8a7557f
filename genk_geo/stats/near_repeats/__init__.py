"""Incidents that follow each other closely: how far, how long, and where it counts now."""
