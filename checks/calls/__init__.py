"""Errors, time, retries and the use of the SDK (LL4)."""
