"""Triggers, and the paths through a stack."""
