"""Figures that are kept because counting them anew would be slow."""
