"""Copies of the whole system: made while it runs, checked byte by byte, put back into an empty place.

A copy holds database, sealed files, journals of lane checks; not the keys of the system (docs/operations.md).
"""
