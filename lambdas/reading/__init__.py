"""A request, or a body, as values."""
