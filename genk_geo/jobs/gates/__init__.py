"""Limits that data must keep before it is told: a gate holds a theme back, or is told to the operator."""
