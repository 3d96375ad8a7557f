"""Which rows are the same report: by number, by content, and which of them counts."""
