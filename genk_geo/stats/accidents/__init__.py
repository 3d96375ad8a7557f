"""What accidents weigh, which places they mark as dangerous, and what chance alone would mark.

An *accident* is what happened: an incident with victims. *Dangerous* is what is concluded: a point by the
rule of the road agency, a stretch by a test (which lies with the network: any events will do). *Traffic* is
the theme with its settings, layers and pages; nothing in these statistics is called so.
"""
