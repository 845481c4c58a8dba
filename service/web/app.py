"""Makes the web application: configuration, guards, templates, and one blueprint for each noun."""

import importlib

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service.core.settings import ROOT
from service.runtime import Runtime
from service.web import access, errors, security, templating
from service.web.transaction import EXTENSION

# one module per noun; each holds a `blueprint`
BLUEPRINTS = (
    "service.web.health",
    "service.web.webhooks",
    "service.web.admin.signin",
    "service.web.admin.home",
    "service.web.admin.issues",
    "service.web.admin.issue_editor",
    "service.web.admin.issue_previews",
    "service.web.admin.schedule",
    "service.web.admin.last_half_hour",
    "service.web.admin.link_repairs",
    "service.web.admin.subscribers",
    "service.web.admin.imports",
    "service.web.admin.returned",
    "service.web.admin.deliveries",
    "service.web.admin.delivery_again",
    "service.web.admin.corrections",
    "service.web.admin.decisions",
    "service.web.admin.statistics",
    "service.web.admin.newsletters",
    "service.web.admin.users",
    "service.web.admin.audit",
    "service.web.public.assets",
    "service.web.public.signup",
    "service.web.public.unsubscribe",
    "service.web.public.preferences",
    "service.web.public.archive",
    "service.web.public.decide",
)
BESIDE_THE_CATCHER = ("service.web.admin.mailbox",)  # only where mails go to the local catcher


def make_app(runtime: Runtime) -> Flask:
    """The application over this process's runtime."""
    app = Flask("service.web", static_folder=str(ROOT / "service/web/static"), template_folder=str(ROOT / "templates/web"))
    app.extensions[EXTENSION] = runtime
    access.guard(app)  # first: who is not signed in is sent to sign in, whatever the form said
    security.configure(app, runtime)
    templating.equip(app)
    errors.translate_all(app)
    for name in (*BLUEPRINTS, *(BESIDE_THE_CATCHER if uses_catcher(runtime) else ())):
        _register(app, name)
    if runtime.settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def uses_catcher(runtime: Runtime) -> bool:
    """Whether mails go to the mail catcher of this machine."""
    return runtime.settings.smtp_url.partition("?")[0].rstrip("/") in (
        f"smtp://{host}:{runtime.settings.catcher_port}" for host in ("127.0.0.1", "localhost")
    )


def _register(app: Flask, name: str) -> None:
    blueprint: Blueprint = importlib.import_module(name).blueprint
    app.register_blueprint(blueprint)
