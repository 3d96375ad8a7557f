"""Places of several cells: which of them are proven hotspots, and how likely each is among the worst."""
