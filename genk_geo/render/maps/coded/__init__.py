"""What a page carries in few bytes, and its script reads."""
