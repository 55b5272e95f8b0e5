"""Why a captured request verifies, or what a vendor answers: the steps of `verify` and `try`."""
