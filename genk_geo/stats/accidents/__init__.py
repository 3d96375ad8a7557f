"""What accidents weigh, which places they mark as dangerous, and what chance alone would mark."""
