"""A deployed source: how it is, what it kept, what comes back."""
