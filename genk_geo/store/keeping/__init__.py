"""Keeping the file of a history: one writer, whole or not at all, backups, and forgetting on purpose."""
