"""Pure functions over what people type: normalise, check, mask, fold.

Nothing here knows the web, the database or the clock; callers pass ``today``. Every ``check`` answers a
``findings.Checked`` and raises on no text whatever. Errors are what is impossible, warnings what is unusual.
"""
