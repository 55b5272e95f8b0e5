"""A Source as CloudFormation."""
