"""Dossiers: hotspots that lasted, followed from week to week, with what the register says of them."""
