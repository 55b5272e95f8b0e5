"""What the credentials types share: stored keys, signed assertions, and requests to a token endpoint."""
