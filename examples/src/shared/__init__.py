"""What the functions of this service share."""
