"""A reference for people: events, functions, types and jobs. Planned here, spelled by `render`."""
