"""TypeScript: the types of data, events and functions, as one module."""
