"""What Facebook tells of a post that it does not take: its link, its picture, its text."""

from outreach.core.sentences import N_
from outreach.networks.errors import NotSent, Rejected
from outreach.networks.table import Known

_CHANGE = N_("Make a new post without what Facebook does not take. This one is not posted.")
_PICTURE = N_("Make a new post with another picture: JPG or PNG, smaller than 4 MB.")

ROWS: tuple[Known, ...] = (
    # The link.
    Known(
        NotSent,
        N_("Facebook could not read the page behind the link (%(said)s)."),
        N_("The website was slow or out of reach for a moment, or keeps Facebook's reader out."),
        N_(
            "It is tried again by itself. If it lasts, ask the website's maker to let facebookexternalhit in."
        ),
        codes={1609005},
        when="error posting link, as a code",
    ),
    Known(
        NotSent,
        N_("Facebook could not read the page behind the link (%(said)s)."),
        N_("The website was slow or out of reach for a moment, or keeps Facebook's reader out."),
        N_(
            "It is tried again by itself. If it lasts, ask the website's maker to let facebookexternalhit in."
        ),
        subcodes={1609005},
        when="error posting link, as a subcode",
    ),
    Known(
        Rejected,
        N_("Facebook does not take links to Facebook itself here (%(said)s)."),
        N_("A post of an app may not link to facebook.com."),
        _CHANGE,
        subcodes={1609008},
        when="a link to facebook.com",
    ),
    Known(
        Rejected,
        N_("Facebook does not take the link (%(said)s)."),
        N_("The address is not written as an address should be, or leads nowhere."),
        N_("Make a new post with the right link. This one is not posted."),
        subcodes={1500, 2061006},
        when="invalid URL",
    ),
    # The picture.
    Known(
        Rejected,
        N_("Facebook does not take the picture (%(said)s)."),
        N_("It is too large, or is not a JPG or PNG."),
        _PICTURE,
        subcodes={1366046},
        when="photo over 4 MB, or another type",
    ),
    Known(
        Rejected,
        N_("Facebook could not read the picture (%(said)s)."),
        N_("The file is damaged or is not a picture."),
        _PICTURE,
        subcodes={2069019},
        when="invalid file",
    ),
    Known(
        Rejected,
        N_("Facebook could not read the picture (%(said)s)."),
        N_("The file is damaged or is not a picture."),
        _PICTURE,
        codes={324},
        when="missing or invalid image file",
    ),
    Known(
        Rejected,
        N_("The album of the Page is full (%(said)s)."),
        N_("Facebook takes a thousand photos in one album."),
        N_("Empty or remove the album at Facebook, then queue the post again."),
        codes={321},
        when="album is full",
    ),
    # The text.
    Known(
        Rejected,
        N_("Facebook says that the post is too long (%(said)s)."),
        N_("It takes 63,206 characters, and less for a title."),
        N_("Make a shorter post. This one is not posted."),
        codes={100},
        words=("too long",),
        when="too long",
    ),
    Known(
        Rejected,
        N_("Facebook says that there is nothing in the post (%(said)s)."),
        N_("The text is empty, or holds only what Facebook leaves out."),
        N_("Make a new post with some text. This one is not posted."),
        codes={100},
        words=("is empty",),
        when="the post is empty",
    ),
    Known(
        Rejected,
        N_("Facebook does not take the form of this post (%(said)s)."),
        N_("Something in the text is not as Facebook wants it."),
        _CHANGE,
        subcodes={1349125},
        when="invalid content format",
    ),
    Known(
        Rejected,
        N_("Facebook does not take this post: %(said)s."),
        N_("Facebook says that something in it is wrong."),
        _CHANGE,
        codes={100},
        when="invalid parameter, whatever the subcode",
    ),
)
