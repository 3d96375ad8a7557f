"""A supplier's file as text: delimited text, workbooks and layers, each row with where it stood."""
