"""What a reader with a pencil finds out from all that was told: whole numbers under linear rules."""
