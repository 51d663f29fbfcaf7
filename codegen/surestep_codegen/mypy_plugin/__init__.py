"""What the mypy plugin adds to the lint: whatever needs the types that mypy has resolved."""
