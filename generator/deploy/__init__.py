"""A stack's way into AWS."""
