"""Read and write files on this machine safely, and see which change."""
