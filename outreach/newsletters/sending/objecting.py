"""When the server objects to us and not to a reader: the issue is paused, staff are told, nobody is blamed.

Some answers are about us without any doubt (login, sender, size, 5.7.26 and 5.7.515: our mail is not
authenticated); one of them is enough. Other 5.7.x, and words about spam, lists or policies, may be the policy
of one mailbox: they stop the issue when they are more than 2 % of the last 200 answers for that domain. So
the first few always stop it; a reader whose mailbox objects again after staff went on counts as refused,
without blame: the issue comes to an end.
The answers are counted in this process: what another worker hears it counts itself.
"""

from collections import OrderedDict, deque

from django.db import transaction

from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say
from outreach.core.veils import without_mailboxes
from outreach.mail.base import Outcome, Verdict
from outreach.mail.bounces.base import Kind
from outreach.mail.bounces.judging import answered
from outreach.mail.replies import enhanced_code
from outreach.newsletters.models import Issue
from outreach.newsletters.sending.picking import Row
from outreach.notices.telling import tell

_LAST, _SHARE = 200, 0.02
_GROUPS = 500
_WITHOUT_DOUBT = frozenset({"5.7.26", "5.7.515", "5.1.7", "5.1.8", "5.3.4"})
_answers: OrderedDict[tuple[int, str], deque[bool]] = OrderedDict()


def stops(issue: int, row: Row, outcome: Outcome) -> bool:
    """Whether `outcome` is a reason to pause the issue. Call it once for each answer."""
    objects = outcome.verdict is Verdict.ABOUT_US
    last = _group(issue, domain_of(row))
    last.append(objects)
    if not objects:
        return False
    if _is_without_doubt(outcome.reply):
        return True
    objected_before = row.reply[:1] == "5" and answered(row.reply).kind is Kind.ABOUT_US
    return not objected_before and sum(last) > _SHARE * len(last)


def forget() -> None:
    """Begin to count anew. For tests, whose issues all have the same number."""
    _answers.clear()


def words(outcome: Outcome) -> Sentence:
    """What staff are told: what the server said, and not of whom. It stays when the reader is forgotten."""
    text = N_("The mail server objects to our mail: “%(reply)s”. Mend that, then go on sending.")
    return say(text, reply=without_mailboxes(outcome.reply))


def pause(issue: Issue, why: Sentence, raw: str) -> None:
    """Pause `issue`, and tell staff why."""
    with transaction.atomic():
        rows = Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING)
        if rows.update(state=Issue.State.PAUSED, reason=why):
            activity = record(issue, why, "trouble", raw=without_mailboxes(raw))
            title = say(N_("The newsletter “%(name)s” is paused"), name=str(issue))
            tell(issue, f"paused:{activity.pk}", title, why)


def domain_of(row: Row) -> str:
    """Of the reader's address, in small letters."""
    return (row.address or "").rpartition("@")[2].lower()


def _is_without_doubt(reply: str) -> bool:
    """So is what objects at a command before any reader was named, whatever its words."""
    if enhanced_code(reply) in _WITHOUT_DOUBT or reply[:2] in ("50", "53"):
        return True
    return answered(reply).kind is not Kind.ABOUT_US


def _group(issue: int, domain: str) -> deque[bool]:
    """The newest answers; of the domains that were not heard of for longest, they are forgotten."""
    key = (issue, domain)
    if key not in _answers:
        _answers[key] = deque(maxlen=_LAST)
        if len(_answers) > _GROUPS:
            _answers.popitem(last=False)
    return _answers[key]
