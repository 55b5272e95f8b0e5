"""What the auth types that check signatures share: settings, keys, signed text."""
