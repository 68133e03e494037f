"""Settings of functions, and how they are rolled out."""
