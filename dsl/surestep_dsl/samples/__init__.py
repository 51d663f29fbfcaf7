"""Valid values of a type, made up: for examples in documents, for tests and for trying things out."""
