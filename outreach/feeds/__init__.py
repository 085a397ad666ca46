"""What the website publishes: sources are polled, their entries stored once.

A poll goes downwards through the files of this room:

    polling      claims one due source, fetches it, settles what came of it
    parsing      hands the body to a process with limits; its answer is a `Feed` of clean `Item`s
      child      that process (what it uses never imports Django): guard, then one of
        reading, json_feed, calendars, tec_rest, pages
                                                  with cleaning, moments, pictures, captions, documents;
        markup_events, event_words                what elements and words of an item say of an event,
        event_hints, spoken_dates                 and what only looks like one: it is asked about
    identity     the keys by which an item is recognised again
    storing      one transaction: new entries, changed entries, withdrawn entries
    filling      an old article that is shown again in the place of one that is gone
    merging      which event an entry is, of all that is said of it
    likeness     an entry that looks like an earlier one
    troubles     what is said of a source that fails
    holding      what a source does when too much looks new at once

After it, `enriching` reads the pages of new entries (`pages` and `linked_data`, in the child), and `rules`
say where an entry goes. Staff and the command line come in through `sources`, `discovering`, `checking`,
`looking`, `asking`, `choosing`, `holding`, `ruling` and `why`. `agenda` is what goes out again: a calendar.
"""
