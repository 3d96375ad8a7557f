"""The street network of the city: read from files or OpenStreetMap, with the places along it."""
