"""Account, Post, Publication: what we say on the networks."""

from outreach.posts.models.account import Account, Route, Slot
from outreach.posts.models.login import App, Handshake
from outreach.posts.models.post import Image, Post, PostImage
from outreach.posts.models.publication import LinkedSite, Publication

__all__ = [
    "Account",
    "App",
    "Handshake",
    "Image",
    "LinkedSite",
    "Post",
    "PostImage",
    "Publication",
    "Route",
    "Slot",
]
