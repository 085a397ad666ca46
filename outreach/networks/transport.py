"""What can happen on the way to any network, before it says anything that makes sense.

`problem` of what was told is a word of ours (`networks.wire` knows which exception is which).
"""

from outreach.core.sentences import N_
from outreach.networks.errors import Ambiguous, NotSent
from outreach.networks.table import ASKED, Known

_BY_ITSELF = N_("You need not do anything: it is tried again by itself.")
_SERVER = N_("It is tried again by itself. If it lasts, whoever runs the server looks into this.")
_SERVER_ASKED = N_(
    "%(network)s is asked whether the post is there, before it is sent again. If it lasts, whoever runs the "
    "server looks into this."
)

ROWS: tuple[Known, ...] = (
    Known(
        NotSent,
        N_("Getting ready took too long, so nothing was sent to %(network)s."),
        N_("Uploading pictures took minutes, or this server stood still for a while."),
        _BY_ITSELF,
        problems={"late"},
        when="our own time is over",
    ),
    Known(
        NotSent,
        N_("The address of %(network)s could not be found, so nothing was sent."),
        N_("The server has no connection to the internet, or its name service (DNS) does not answer."),
        _SERVER,
        problems={"dns"},
        when="no answer from DNS",
    ),
    Known(
        NotSent,
        N_("%(network)s accepted no connection, so nothing was sent."),
        N_("%(network)s is down, or a firewall keeps this server from reaching it."),
        _SERVER,
        problems={"refused"},
        when="connection refused",
    ),
    Known(
        NotSent,
        N_("No connection to %(network)s was made in time, so nothing was sent."),
        N_("The network between this server and %(network)s is slow or broken."),
        _BY_ITSELF,
        problems={"connect-timeout"},
        when="no connection in time",
    ),
    Known(
        NotSent,
        N_("The proxy of this server did not let the connection to %(network)s through; nothing was sent."),
        N_("The proxy that the server is told to use is down, or wants a name and a password."),
        N_("Whoever runs the server looks at HTTPS_PROXY. It is tried again by itself."),
        problems={"proxy"},
        when="the proxy refuses",
    ),
    Known(
        NotSent,
        N_("The connection to %(network)s is not safe, so nothing was sent."),
        N_(
            "The certificate could not be trusted: the clock of the server is wrong, its list of "
            "certificates is old, or a machine in between opens the connection."
        ),
        N_(
            "Whoever runs the server sets its clock and renews its certificates. It is tried again by itself."
        ),
        problems={"certificate"},
        when="certificate not trusted",
    ),
    Known(
        Ambiguous,
        N_("The safe connection to %(network)s broke."),
        N_("Something went wrong with the encryption (TLS) while the two were speaking."),
        _SERVER_ASKED,
        problems={"tls"},
        when="TLS error",
    ),
    Known(
        Ambiguous,
        N_("%(network)s did not answer in time."),
        N_("%(network)s is slow. It may have taken the post all the same."),
        ASKED,
        problems={"timeout"},
        when="no answer in time",
    ),
    Known(
        Ambiguous,
        N_("The answer of %(network)s was too long or too slow, so it was not read to its end."),
        N_("That is no usual answer: perhaps it came from a machine in between."),
        ASKED,
        problems={"endless"},
        when="an answer without end",
    ),
    Known(
        Ambiguous,
        N_("The answer of %(network)s broke off halfway."),
        N_("The connection was lost after the post was sent. It may have arrived."),
        ASKED,
        problems={"cut"},
        when="half an answer",
    ),
    Known(
        Ambiguous,
        N_("The connection to %(network)s was lost before an answer came."),
        N_("The post may have arrived, or not."),
        ASKED,
        problems={"reset"},
        when="connection reset or closed",
    ),
    Known(
        Ambiguous,
        N_("%(network)s pointed to another address, which Outreach does not follow."),
        N_("To follow it would mean sending the post twice. The address in the settings may be wrong."),
        _SERVER_ASKED,
        problems={"redirect"},
        when="HTTP 3xx",
    ),
    Known(
        Ambiguous,
        N_("A machine before %(network)s answered that it is out of order."),
        N_("%(network)s has a failure or is being worked on. It may have taken the post all the same."),
        ASKED,
        problems={"page"},
        statuses=range(500, 600),
        when="a web page, HTTP 5xx",
    ),
    Known(
        Ambiguous,
        N_("A web page came instead of an answer of %(network)s."),
        N_("A firewall, a proxy or a sign-in page stands between this server and %(network)s."),
        _SERVER_ASKED,
        problems={"page"},
        when="a web page",
    ),
    Known(
        Ambiguous,
        N_("%(network)s gave an empty answer."),
        N_("The post may have arrived, or not."),
        ASKED,
        problems={"empty"},
        when="an empty answer",
    ),
    Known(
        Ambiguous,
        N_("%(network)s gave an answer that could not be read."),
        N_("It is not in the form that %(network)s documents, so it proves nothing."),
        ASKED,
        when="anything else",
    ),
)
