"""From an approved post to the network's answer, exactly once."""
