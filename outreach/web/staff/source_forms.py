"""The forms of the sources."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outreach.core.errors import BadInput
from outreach.feeds.models import Source

_MODES = [
    (Source.Mode.REVIEW, _("I look at each post and approve it")),
    (Source.Mode.AUTOMATIC, _("New articles are posted by themselves")),
]

_DOUBTS = [
    (Source.Doubt.ASK, _("Ask me")),
    (Source.Doubt.TRUST, _("It is an event: the dates on this website are right")),
    (Source.Doubt.NEVER, _("It is an article")),
]


class AddForm(forms.Form):
    """An address, and how careful to be."""

    url = forms.CharField(
        label=_("Address of your website or its feed"),
        help_text=_("For example www.example.org/news. You can paste it from your browser."),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "spellcheck": "false"}),
    )
    mode = forms.ChoiceField(
        label=_("Before something is posted"),
        choices=_MODES,
        initial=Source.Mode.REVIEW,
        widget=forms.RadioSelect,
    )

    def refuse(self, error: BadInput) -> None:
        """Show what is wrong beside its field."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class EditForm(forms.Form):
    """What staff may change about a source; the names are those of its columns."""

    name = forms.CharField(label=_("Name"), max_length=200)
    mode = forms.ChoiceField(label=_("Before something is posted"), choices=_MODES, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of its articles"), choices=settings.LANGUAGES)
    cooling_minutes = forms.IntegerField(
        label=_("Minutes to wait before posting"),
        help_text=_("So that a first correction on the website is what gets posted."),
        min_value=0,
        max_value=7 * 24 * 60,
    )
    remind = forms.BooleanField(
        label=_("Remind of its events, a week and a day before they begin"), required=False
    )
    interval_minutes = forms.IntegerField(
        label=_("Minutes between two looks"),
        help_text=_(
            "0 leaves it to Outreach: 15 minutes for a site with daily news, up to an hour for a quiet one."
        ),
        min_value=0,
        max_value=24 * 60,
    )
    read_pages = forms.BooleanField(
        label=_(
            "Look on the article’s own page for what the feed lacks (picture, summary, date of an event)"
        ),
        required=False,
    )
    looks_first = forms.BooleanField(
        label=_("Before a post goes out, look whether the page of the article is there, with its picture"),
        required=False,
    )
    doubtful_dates = forms.ChoiceField(
        label=_("When a date in the text may be that of an event"), choices=_DOUBTS, widget=forms.RadioSelect
    )
    agenda = forms.BooleanField(
        label=_("This feed announces events only: the date of an article is the date of its event"),
        required=False,
    )
    agenda_categories = forms.CharField(
        label=_("Or only these categories announce events"),
        help_text=_(
            "Their names as on the website, with commas between them. For example: Agenda, Studiedagen"
        ),
        required=False,
        max_length=500,
    )

    use_hashtags = forms.BooleanField(label=_("Make hashtags of its categories"), required=False)
    hashtags = forms.CharField(
        label=_("Other hashtags for some categories"),
        help_text=_("A line each: Talen = Meertalig. Without a word behind the sign there is no hashtag."),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_agenda_categories(self) -> list[str]:
        """The names, each once."""
        names = (part.strip() for part in self.cleaned_data["agenda_categories"].split(","))
        return list(dict.fromkeys(name for name in names if name))

    def clean_hashtags(self) -> dict[str, str]:
        """What stands in the place of each category."""
        found: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["hashtags"].splitlines())):
            name, sign, tag = (part.strip() for part in line.partition("="))
            if not (sign and name):
                words = gettext("“%(line)s” cannot be read; write: category = hashtag")
                raise forms.ValidationError(words % {"line": line})
            found[name] = tag.lstrip("#")
        return found
