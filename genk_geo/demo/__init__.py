"""Fictitious incidents to try everything on: supplier files, and the truth about the planted hotspots.

>>> from genk_geo.demo import generate
>>> callable(generate)
True
"""

from genk_geo.demo.generate import DEMO_NOW, DEMO_WEEK, DemoFiles, generate

__all__ = ["DEMO_NOW", "DEMO_WEEK", "DemoFiles", "generate"]
