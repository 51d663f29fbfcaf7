"""Flow control: one pure function per policy, and the order in which they are asked."""
