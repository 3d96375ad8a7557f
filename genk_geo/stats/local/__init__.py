"""Local and global statistics of counts by cell, and the areas that hot cells form."""
