"""Accidents on the street network, for the page on traffic and for the command line."""
