"""A source begun: from a captured request, from another source, or from a few answers."""
