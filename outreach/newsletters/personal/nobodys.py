"""The tables with columns for words that are about no reader, each with why. A test looks for others."""

NOBODYS: dict[str, str] = {
    **dict.fromkeys(
        ("auth.Permission", "auth.Group", "auth.User", "contenttypes.ContentType", "sessions.Session"),
        "staff who log in; readers do not",
    ),
    **dict.fromkeys(
        ("axes.AccessAttempt", "axes.AccessFailureLog", "axes.AccessLog"), "attempts to log in as staff"
    ),
    **dict.fromkeys(
        ("notices.Mailing", "notices.Notice", "notices.NoticeMail"),
        "told to staff; a mail server's words stand there without mailboxes",
    ),
    **dict.fromkeys(
        ("core.Organisation", "core.Logo", "core.PrivacyText", "core.Heartbeat"),
        "the organisation, and whether its machine is alive",
    ),
    **dict.fromkeys(
        ("relays.MailServer", "relays.Usage", "relays.SlowDomain"),
        "how much each mail server, and each domain, may be given",
    ),
    **dict.fromkeys(
        (
            "feeds.Source",
            "feeds.Entry",
            "feeds.EntryKey",
            "feeds.EntryChange",
            "feeds.LastLook",
            "feeds.Event",
            "feeds.Rule",
        ),
        "what the website published",
    ),
    **dict.fromkeys(
        (
            "posts.Account",
            "posts.App",
            "posts.Handshake",
            "posts.Image",
            "posts.LinkedSite",
            "posts.Post",
            "posts.PostImage",
            "posts.Publication",
        ),
        "what is said on the networks",
    ),
    **dict.fromkeys(
        (
            "newsletters.Newsletter",
            "newsletters.Issue",
            "newsletters.IssueText",
            "newsletters.PassedOver",
            "newsletters.LinkLook",
            "newsletters.Design",
            "newsletters.DesignVersion",
        ),
        "a newsletter, the same for all its readers",
    ),
    "subscribers.Tag": "a word; who bears it is a row of its own",
    "subscribers.Segment": "a filter; whom it finds is asked anew each time",
    "subscribers.Tagging": "a tag that is put on whom a filter finds, until that is done",
    "subscribers.Import": "a list as a whole: its name, columns and sums",
    "subscribers.Spent": "a sum that a browser did, for some minutes",
}
