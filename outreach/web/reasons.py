"""Why people leave, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outreach.subscribers.models import LeaveReason

WORDS: dict[str, Promise | str] = {
    LeaveReason.Why.OFTEN: _("Too many mails"),
    LeaveReason.Why.SUBJECT: _("It is not about what interests me"),
    LeaveReason.Why.UNASKED: _("I did not sign up for it"),
    LeaveReason.Why.ELSEWHERE: _("I read it elsewhere"),
    LeaveReason.Why.OTHER: _("Something else"),
}
