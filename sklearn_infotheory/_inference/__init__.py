"""Counts to tests and intervals: what chance gives, and how far the truth can be."""
