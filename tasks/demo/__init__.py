"""The demo: a small website of its own, trial accounts, and a newsletter within a minute.

Nothing leaves the machine: the website listens on 127.0.0.1, posts and mails are kept in the demo's folder.
"""
