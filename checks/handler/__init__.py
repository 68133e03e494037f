"""How the handler is written (LL3)."""
