"""Begin a source from a captured request, or samples from answers: the steps of `new` and `try --record`."""
