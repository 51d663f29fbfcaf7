"""What handlers are written with: events, contexts, steps, declarations."""
