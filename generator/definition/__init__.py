"""`source.yml` into a Source."""
