"""Catalogues of other tools as specs: one module per source, and a report of what could not be carried over."""
