"""The official layers: fetched, prepared, checked, and taken into use whole or not at all."""
