"""Account, Post, Publication: what we say on the networks."""

from outreach.posts.models.account import Account, Route
from outreach.posts.models.post import Image, Post
from outreach.posts.models.publication import Publication

__all__ = ["Account", "Image", "Post", "Publication", "Route"]
