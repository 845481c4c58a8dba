"""Entry point of the web application: `granian --interface wsgi service.wsgi:app`."""

from service.core import logs, settings
from service.runtime import Runtime
from service.web.app import make_app

_settings = settings.load()
logs.configure(_settings)
app = make_app(Runtime(_settings))
