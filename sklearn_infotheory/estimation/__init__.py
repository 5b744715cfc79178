"""Samples to information, with its uncertainty."""
