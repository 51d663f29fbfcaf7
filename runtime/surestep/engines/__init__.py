"""Who carries runs out. The embedded engine does it in this process, on a store."""
