"""What readers are told, and in which words."""
