"""Maps and drawings: the base map, its layers, and what a reader switches on."""
