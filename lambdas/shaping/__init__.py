"""From a body to messages."""
