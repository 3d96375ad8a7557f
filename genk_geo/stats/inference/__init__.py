"""What several methods need to judge chance: tails, permutations, trends, many tests at once."""
