"""The tables of the documentation, from the definitions and their schema, and from the commands."""
