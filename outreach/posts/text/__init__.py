"""The words of a post, as each network takes them."""
