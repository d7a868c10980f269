"""The model behind a chat: chosen, made ready while the user types, and asked in placeholders where names are to be hidden."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.cli.veiling import masking
from assistant.cli.writers import chosen_model, patience

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.providers import Provider
    from assistant.settings import ModelSettings

QUIET = 0.8  # seconds without a key before the engine is loaded: for half a second it lets no key through


class Writer:
    """Which model writes. `prepare` begins to load what it needs in the background; `provider` waits for it and says what went wrong."""

    def __init__(self, settings: ModelSettings, redact: bool | None, last_key: Callable[[], float]) -> None:
        """Nothing is loaded yet."""
        self._redact, self._last_key = redact, last_key
        self.tell: Callable[[str], None] = lambda _line: None  # gets a line before an endpoint is asked again
        self._thread: threading.Thread | None = None
        self._wanted = threading.Event()
        self._failed: Exception | None = None
        self._provider: Provider | None = None
        self.use(settings)

    def use(self, settings: ModelSettings) -> None:
        """Let another model write from now on. Raises UsageError for settings that don't fit."""
        self.hidden = masking(self._redact, settings)
        self.settings = settings
        self._provider = self._thread = self._failed = None
        self._wanted = threading.Event()

    def choose(self, name: str, base_url: str) -> None:
        """Another model by its name: of the endpoint in use, or of `base_url`; "embedded" is the one of this program. Raises UsageError."""
        if name == "embedded":
            self.use(chosen_model("", "local", ""))
            return
        same = self.settings.base_url if self.settings.provider == "openai" and not name.endswith(".gguf") else ""
        self.use(chosen_model(name, "", base_url or same))

    @property
    def about(self) -> str:
        """One line: who writes, and what leaves the machine."""
        settings = self.settings
        if settings.provider == "openai":
            names = ", with names replaced by placeholders" if self.hidden else ""
            return f"{settings.model} writes ({settings.why}); what you confirm is sent to {settings.base_url}{names}."
        what = settings.model or "The embedded model"
        return f"{what} writes, on this machine; nothing leaves it."

    def prepare(self) -> None:
        """Begin to load in the background what the first draft will need; at once, but for the engine, which waits for a quiet moment."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, args=(self._wanted,), daemon=True)
            self._thread.start()

    def provider(self, brief: Brief) -> Provider:
        """The model, ready to write for this brief. Raises ProviderError and its kinds, and UsageError."""
        self.prepare()
        self._wanted.set()
        thread = self._thread
        while thread and thread.is_alive():
            thread.join(0.1)
        if self._failed is not None:
            failed = self._failed
            self._thread = self._failed = None  # the next try loads again
            self._wanted = threading.Event()
            raise failed
        assert self._provider is not None
        from assistant.writing.veiling import veiled

        return veiled(self._provider, brief, self.hidden)

    @property
    def loaded(self) -> bool:
        """Whether everything is there."""
        return self._provider is not None

    def _load(self, wanted: threading.Event) -> None:
        try:
            provider = self._made(wanted)
        except Exception as error:
            self._failed = error
            return
        if wanted is self._wanted:  # meanwhile another model may have been chosen
            self._provider = provider

    def _made(self, wanted: threading.Event) -> Provider:
        from assistant.cli.models import fetch_if_missing
        from assistant.providers.choose import make_provider

        settings = self.settings
        if settings.provider == "openai":
            with contextlib.suppress(ImportError):
                import openai  # noqa: F401 - the slowest part of the first request
        elif settings.provider == "local" and not settings.model:
            fetch_if_missing(quiet=True)
        provider = make_provider(settings, patience(), lambda line: self.tell(line))
        _warm(provider.style)
        from assistant.providers.local import Local

        if isinstance(provider, Local):
            while not wanted.is_set() and time.monotonic() - self._last_key() < QUIET:
                time.sleep(0.05)
            provider.load()
        return provider


def _warm(style: str) -> None:
    """Import what checks and drafting need, and read the rules: a third of a second that the first draft needn't wait for."""
    from importlib import import_module

    from assistant.checks import check

    import_module("assistant.writing.revise")
    if style == "sentences":
        import_module("assistant.writing.small_hand")
    check("Dear Ann,\n\nYou said the ovens are cold.\n\nBo\n")
