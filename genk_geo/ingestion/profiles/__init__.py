"""Profiles: how a supplier's columns become incidents, the shipped ones, and a first one for a new file."""
