"""Read and write files on this machine safely."""
