"""Credentials types: one file per way in which a vendor knows us."""
