"""The pages of a week, one module a page, and what they share."""
