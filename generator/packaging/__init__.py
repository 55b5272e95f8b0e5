"""Build templates and code into `build/`: zips, lint, the configuration's repository, all or nothing."""
