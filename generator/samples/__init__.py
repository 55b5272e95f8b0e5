"""Requests as vendors send them."""
