"""What the website publishes: sources are polled, their entries stored once.

A poll goes downwards through the files of this room:

    polling      claims one due source, fetches it, settles what came of it
    parsing      hands the body to a process with limits; its answer is a `Feed` of clean `Item`s
      child      that process: guard, feedparser, cleaning, dates (these four never import Django)
    identity     the keys by which an item is recognised again
    storing      one transaction: new entries, changed entries, withdrawn entries
    holding      what a source does when too much looks new at once

Staff and the command line come in through `sources`, `looking`, `choosing`, `holding` and `why`.
"""
