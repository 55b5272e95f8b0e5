"""Answer a vendor's request: challenges, verification, the reply and the log line."""
