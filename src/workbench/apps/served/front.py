"""What stands at the gate: the form to log in, and refusals in words."""

from __future__ import annotations

import html

from starlette.responses import HTMLResponse, Response

TITLE = "Account plans"
_ABOVE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 16px system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem;
  color: #1f2937; }}
label {{ display: block; margin: 1rem 0; }}
input {{ display: block; width: 100%; font: inherit; padding: .4rem; box-sizing: border-box; }}
button {{ font: inherit; padding: .4rem 1rem; background: #005a8f; color: #fff; border: 0;
  border-radius: 4px; }}
</style></head><body><h1>{TITLE}</h1>"""
_BELOW = "</body></html>"


def refusal(status: int, text: str) -> Response:
    """Return a page that says why there is nothing else.

    Parameters
    ----------
    status : int
        Of HTTP.
    text : str
        Not markup.
    """
    again = {"retry-after": "120"} if status == 503 else {}
    return HTMLResponse(f"{_ABOVE}{_told(text)}{_BELOW}", status, again)


def form(asks_name: bool, fault: str = "") -> Response:
    """Return the form to log in.

    Parameters
    ----------
    asks_name : bool
        Whether for a name and a password, rather than for the token.
    fault : str
        What was wrong with the last try.
    """
    name = '<label>Name <input name="name" autocomplete="username" required></label>'
    word = "Password" if asks_name else "Token"
    inside = (
        f"{_told(fault) if fault else ''}"
        f'<form method="post" action="/login">{name if asks_name else ""}<label>{word} '
        '<input name="password" type="password" autocomplete="current-password" required></label>'
        "<button>Log in</button></form>"
    )
    return HTMLResponse(f"{_ABOVE}{inside}{_BELOW}", 403 if fault else 200)


def _told(text: str) -> str:
    return f"<p role='alert'>{html.escape(text)}</p>"
