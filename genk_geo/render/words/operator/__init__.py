"""Words for who runs the program: the first settings, the inbox, the list, the messages."""
