"""The weekly job in its stages: supplier files in, the maps of one week out."""
