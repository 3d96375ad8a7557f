"""The history: every incident once, in one DuckDB file that a crash cannot spoil.

The file holds points of incidents, and parts of rejected rows as the supplier wrote them: it is as sensitive
as the supplier's files. It is made readable for its owner only, where the operating system allows that; keep
it out of shared folders and out of what is published.
"""

from genk_geo.store.history import Added, Store

__all__ = ["Added", "Store"]
