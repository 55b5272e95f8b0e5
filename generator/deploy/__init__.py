"""Bring a stack into AWS: change sets, parameters, the helper bucket, secrets, deletion, the canary."""
