"""What an analyst asks for at the desk: exports, backtests, evaluations, geocoded files."""
