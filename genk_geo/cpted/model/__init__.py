"""The risk terrain model: candidates, their selection, the terrain and what it would have caught."""
