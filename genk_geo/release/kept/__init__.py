"""What is kept beside the pages of a week: what was told, to check later ones, and what its map showed."""
