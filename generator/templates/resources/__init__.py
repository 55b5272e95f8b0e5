"""One module per kind of resource: `add_x(template, …)` adds and returns it, `may_verb(x)` is the permission to use it.

A permission goes only into the role of the function that needs it.
"""
