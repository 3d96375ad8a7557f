"""A first profile for a file that nobody described, from its names and the values below them."""
