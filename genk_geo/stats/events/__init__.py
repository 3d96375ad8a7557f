"""Events behind reports: which reports tell of one thing that happened."""
