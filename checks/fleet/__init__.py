"""What the account shows."""
