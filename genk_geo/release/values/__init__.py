"""What a reader may see, as frozen values: a figure that is held back is in none of them."""
