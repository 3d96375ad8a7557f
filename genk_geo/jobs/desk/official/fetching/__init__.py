"""What is asked of servers, and what of their answers is taken for whole."""
