"""Begin a source from a captured request: the steps of `new`."""
