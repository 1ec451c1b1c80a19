"""Experiments that could refute the rows: they draw and train, and know no formula."""
