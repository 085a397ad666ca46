"""Designs that staff write: filled in a process with limits, and given nothing but words.

Nothing is imported here: the process begins in this room, and must not load Django.
"""
