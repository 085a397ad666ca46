"""Returned mails, written for these tests: one way of saying it per kind of server."""

READER = "lezer@school.example"
# The newsletter that came back: its words must never be taken for the server's.
OURS = f"""\
Return-Path: <nieuws@netwerk.example>
From: nieuws@netwerk.example
To: {READER}
Subject: User unknown: een toneelstuk

550 5.1.1 mailbox full, spam. Dit staat in onze eigen mail.
"""


def report(
    diagnostic: str, *, status: str = "5.0.0", action: str = "failed", prose: str = "", reader: str = READER
) -> bytes:
    """As RFC 3464 wants it: words for people, fields for machines, and the mail itself."""
    fields = ["Reporting-MTA: dns; mx.school.example", "", f"Final-Recipient: rfc822; {reader}"]
    fields += [f"Action: {action}", f"Status: {status}"]
    fields += [f"Diagnostic-Code: smtp; {diagnostic}"] if diagnostic else []
    words = prose or f"Your message could not be delivered.\n\n<{reader}>: {diagnostic}\n"
    head = "Return-Path: <>\nFrom: MAILER-DAEMON@school.example\nSubject: Undelivered Mail\n"
    return _in_parts(head, "delivery-status", words, "\n".join([*fields, ""]))


def complaint(kind: str = "abuse", reader: str = READER) -> bytes:
    """A feedback report (RFC 5965)."""
    fields = f"Feedback-Type: {kind}\nUser-Agent: Loop/1.0\nVersion: 1\nOriginal-Rcpt-To: <{reader}>\n"
    head = "From: feedback@provider.example\nSubject: FW: Nieuwsbrief\n"
    return _in_parts(head, "feedback-report", "This is an abuse report.\n", fields)


def prose(text: str, *, sender: str = "Mail Delivery Subsystem <mailer-daemon@mx.example>") -> bytes:
    """As servers of another time, or another mind, write."""
    head = f"Return-Path: <>\nFrom: {sender}\nSubject: Delivery failure\n"
    return f"{head}\n{text}\n\n----- Original message -----\n{OURS}".encode()


def away(subject: str = "Automatisch antwoord: Nieuwsbrief", marked: str = "auto-replied") -> bytes:
    """Somebody is on holiday."""
    head = f"From: {READER}\nSubject: {subject}\n" + (f"Auto-Submitted: {marked}\n" if marked else "")
    return f"{head}\nIk ben er niet. This mailbox does not exist any more, zou je denken.\n".encode()


def _in_parts(head: str, kind: str, words: str, fields: str) -> bytes:
    parts = [
        f"Content-Type: text/plain; charset=utf-8\n\n{words}",
        f"Content-Type: message/{kind}\n\n{fields}",
        f"Content-Type: message/rfc822\n\n{OURS}",
    ]
    body = "".join(f"--snede\n{part}\n" for part in parts)
    kinds = f"Content-Type: multipart/report; report-type={kind}; boundary=snede\n"
    return f"{head}{kinds}\n{body}--snede--\n".encode()
