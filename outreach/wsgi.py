"""The WSGI application: `gunicorn outreach.wsgi`, and what `outreach serve` serves by waitress."""

import os

from django.core.wsgi import get_wsgi_application

from outreach.core import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
logs.configure()
application = get_wsgi_application()
