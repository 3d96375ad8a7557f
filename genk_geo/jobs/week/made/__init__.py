"""How a week is made whole: at which moment, of what, and put in place in one go."""
