"""What can be seen of an invocation (LL6)."""
