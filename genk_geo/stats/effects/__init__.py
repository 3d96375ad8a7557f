"""Whether measures helped: what would have come without them, and when that can be told."""
