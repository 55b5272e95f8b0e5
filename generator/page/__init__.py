"""A page for whoever must approve a source: what it takes, may do, keeps and costs."""
