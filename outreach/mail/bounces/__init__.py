"""Mail that comes back: which reader it is about, and whether the mailbox is gone, full, or objects to us."""
