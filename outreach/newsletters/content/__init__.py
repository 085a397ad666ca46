"""What stands in an issue: which entries, in which order, and the words of staff around them."""
