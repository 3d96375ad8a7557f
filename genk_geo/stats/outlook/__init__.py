"""The outlook on next week: forecasts, how well they did, the places and hours to suggest."""
