"""What is taken out of each matter before a reader sees it."""
