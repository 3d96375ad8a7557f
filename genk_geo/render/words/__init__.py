"""What readers read: sentences, counts and places in words, in the reader's language."""
