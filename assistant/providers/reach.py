"""Whether an endpoint answers, takes the key and offers the model; nothing of the user's is sent but the key, and that only there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.keys import without_secrets
from assistant.settings import ModelSettings
from assistant.text import one_line, shorten

PATIENCE = 8.0  # seconds
_SHOWN = 8  # models that are named


@dataclass(frozen=True)
class Reached:
    """What came of asking: in words, and what to do when that is a problem, "" when it is none."""

    text: str
    hint: str = ""


def reach(settings: ModelSettings) -> Reached:
    """Ask the endpoint for its models, once. `settings` hold the key already. Raises nothing: every failure is an answer."""
    import openai  # 0.8 s: the same library that would send the brief, with its certificates and proxies

    try:
        with openai.OpenAI(
            api_key=settings.key or "none",
            base_url=settings.base_url,
            max_retries=0,
            timeout=PATIENCE,
            http_client=openai.DefaultHttpxClient(follow_redirects=False),
        ) as client:
            names = [str(model.id) for model in client.models.list().data]
    except openai.APITimeoutError:
        return Reached(f"no answer within {PATIENCE:.0f} s", "is it running, is the address right?")
    except openai.APIConnectionError as error:
        said = _said(error.__cause__ or error, settings.key)
        return Reached(f"can't be reached ({said})", "is it running, is the address right, is there a network?")
    except openai.APIStatusError as error:
        return _refused(error.status_code, _said(error.message, settings.key), bool(settings.key))
    except Exception as error:  # whatever else speaks at that address: pages, other protocols, nonsense
        return Reached(
            f"something answers, but not as an OpenAI-compatible endpoint ({type(error).__name__})",
            "check the base URL; most end in /v1",
        )
    return _offered([without_secrets(one_line(name), settings.key) for name in names], settings.model)


def _refused(status: int, said: str, has_key: bool) -> Reached:
    if status in (401, 403):
        what = "the key isn't accepted" if has_key else "it wants a key, and none is set for this address"
        return Reached(f"it answers, but {what} ({status})", "check the key, and that it is for this address")
    if status in (404, 405):
        return Reached(f"it answers, but lists no models ({status}); whether it has this one only a draft will tell")
    if 300 <= status < 400:
        return Reached(f"it answers, and sends on to another address ({status})", "give that address as the base URL")
    return Reached(f"it answers, but with an error ({status}): {said}", "try again later, or look at the server's log")


def _offered(names: list[str], model: str) -> Reached:
    if not names:
        return Reached("it answers, and lists no models; whether it has this one only a draft will tell")
    if model in names or f"{model}:latest" in names:
        return Reached(f"it answers, and offers {one_line(model)}")
    shown = ", ".join(shorten(name, 60) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return Reached(f"it answers, but doesn't offer {one_line(model)}", f"set another model; it offers {shown}{more}")


def _said(error: Any, key: str) -> str:
    return shorten(without_secrets(one_line(str(error)), key), 120)
