"""Two zips become one, for the pipeline."""
