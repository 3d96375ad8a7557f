"""What was known when: rows as they were delivered, the incidents that they tell of, and their versions."""
