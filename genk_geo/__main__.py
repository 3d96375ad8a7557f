"""Lets ``python -m genk_geo`` do what ``genk-geo`` does."""

from genk_geo.cli import main

main()
