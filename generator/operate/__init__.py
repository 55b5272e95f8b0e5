"""Look after deployed sources: status, logs, pages of the console, the events that they kept, and their redrive."""
