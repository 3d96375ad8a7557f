"""How dates and clock times are written: their forms, the words for months and zones, the order of a column."""
