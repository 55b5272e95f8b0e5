"""Begin a source, samples, or a project: the steps of `new`, `try --record` and `init`."""
