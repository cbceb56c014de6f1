"""Paper: pledges, receipt, listing confirmation, annex and poster, as PDF and as HTML twin, from plain values.

Imports nothing of the domain and no Flask. The web loads ``models``, ``render``, ``qr`` and ``fonts``; only the worker
loads ``pdf`` and ``annex``, which bring WeasyPrint into the process.
"""
