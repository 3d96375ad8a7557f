"""Streets as a network: events on it, densities, K functions, stretches, walking distances."""
