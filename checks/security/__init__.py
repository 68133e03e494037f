"""Who may do what (LL7)."""
