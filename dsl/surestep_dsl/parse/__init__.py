"""From nodes to declarations: each module reads one part of a spec and collects every mistake in it."""
