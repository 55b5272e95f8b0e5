"""Why a captured request verifies, or does not: the steps of `verify`."""
