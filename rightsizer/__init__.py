"""Memory sizes, unused functions and cost from what an account did (in preparation)."""
