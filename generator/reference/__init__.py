"""What definitions say of themselves: the tables of the documentation."""
