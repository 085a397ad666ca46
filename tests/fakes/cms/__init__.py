"""What content management systems write: from plain stories and meetings to the bytes of their feeds.

One module per system. The shapes are those of the published software, in our own words.
"""
