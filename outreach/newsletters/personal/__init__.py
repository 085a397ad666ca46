"""What is kept about a person: the record of it, a copy for them, and its end."""
