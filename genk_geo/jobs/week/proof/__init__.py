"""How far the proof of hotspots reaches: on other grids, and what could have been seen at all."""
