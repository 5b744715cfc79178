"""Estimates from the distances between neighbours, sample by sample."""
