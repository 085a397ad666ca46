"""The mail servers of this installation: which, in which order, how fast."""
