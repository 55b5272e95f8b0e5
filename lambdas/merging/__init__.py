"""Merge two zips into one, for the pipeline."""
