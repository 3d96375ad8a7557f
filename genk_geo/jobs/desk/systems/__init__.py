"""Incidents out to other systems: where they go, and one module a system."""
