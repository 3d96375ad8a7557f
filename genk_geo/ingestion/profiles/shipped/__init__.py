"""The shipped profiles, as TOML files to copy and adapt."""
