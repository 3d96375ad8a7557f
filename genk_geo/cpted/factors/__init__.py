"""What is in the environment: factors from layers, rasters, streets and OpenStreetMap."""
