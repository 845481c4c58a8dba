"""Pictures of letters, served to everybody under their content's hash, so that they may be kept for good (F13)."""

from flask import Blueprint, abort, send_from_directory
from werkzeug.wrappers import Response

from service.issues import assets
from service.web.access import public
from service.web.transaction import runtime

blueprint = Blueprint("assets", __name__)

A_YEAR = 31_536_000


@blueprint.get(f"{assets.PATH}<name>")
@public
def show(name: str) -> Response:
    """One picture; whatever is not named by a hash is not there."""
    found = assets.FILE_NAME.fullmatch(name)
    if found is None:
        abort(404)
    folder = (runtime().settings.var_dir / assets.FOLDER).resolve()
    response = send_from_directory(folder, name, mimetype=assets.CONTENT_TYPES[found[1]], max_age=A_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
