"""Monday's list: what came in, what did not pass, and what somebody has to do."""
