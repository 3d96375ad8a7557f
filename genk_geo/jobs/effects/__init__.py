"""Whether measures helped at places of the city, by the one engine for all of them."""
