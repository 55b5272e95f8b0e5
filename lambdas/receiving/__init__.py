"""A request from a vendor, and the answer."""
