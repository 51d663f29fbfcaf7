"""Whether a change of the specs breaks somebody: producers, consumers, runs in flight, or the user's own code.

`inclusion` decides whether every value of one type is a value of another; `rules` holds one rule a file; `judge` says
which findings fail; the rest reads the older specs and shows the outcome.
"""
