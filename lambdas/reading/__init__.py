"""A request or a body as values: formats, paths, text templates, masking, validation."""
