"""Estimates from how often each state occurred."""
