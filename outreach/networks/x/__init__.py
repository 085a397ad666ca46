"""An X account."""
