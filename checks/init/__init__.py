"""What is built once and what on every invocation (LL1)."""
