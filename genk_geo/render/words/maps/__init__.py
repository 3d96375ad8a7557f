"""What is said under a map."""
