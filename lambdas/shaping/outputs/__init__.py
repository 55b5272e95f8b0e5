"""The outputs: each makes a message, in the shape that a SIEM reads, of an event and its facts."""
