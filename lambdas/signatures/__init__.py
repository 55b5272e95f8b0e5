"""What the auth types that verify a signature share."""
