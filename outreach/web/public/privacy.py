"""What is kept about readers, why and how long: the organisation's own words, and a table from the models."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from outreach.newsletters.personal import texts
from outreach.newsletters.personal.register import REGISTER
from outreach.web.public import pages


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For everybody; also on paper."""
    language = pages.language_of(request)
    with translation.override(language):
        context = {
            "text": Markup(texts.html(texts.of(language))),  # noqa: S704 (cleaned)
            "rows": [
                {
                    "what": _(kept.what),
                    "fields": list(dict.fromkeys(_(words) for words in kept.fields.values())),
                    "why": _(kept.why),
                    "until": str(kept.until()),
                }
                for kept in REGISTER
            ],
        }
        return pages.kept(request, pages.show(request, "privacy", context, private=False))
