"""Look after a deployed source: its status, the events that it kept, and their redrive."""
