"""Where a key comes from that isn't in the environment: a command of the user's, or the system keyring. Asked when it is to be sent."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any, TypeVar

from assistant.errors import NotAuthorised, UsageError
from assistant.keys import sound_key, without_secrets
from assistant.settings import ModelSettings
from assistant.text import one_line, shorten

T = TypeVar("T")
SERVICE = "afternote"  # the name in the keyring; the user name beside it is the base URL
PATIENCE = 30.0  # seconds for a key command: it may ask for a passphrase
_MOST_OUTPUT = 16_384  # bytes: more than a key and a complaint need
_COMMAND = "the key_command of config.toml"


def with_key(settings: ModelSettings) -> ModelSettings:
    """The settings with the key that belongs to their base URL, fetched and looked at. Raises NotAuthorised and UsageError.

    Without a source of a key they stay as they are: local servers want none.
    """
    if settings.key_from == "key_command":
        key = key_of_command(settings.key_command)
    elif settings.key_from == "keyring":
        key = key_of_keyring(settings.base_url)
    else:
        key = sound_key(settings.key, settings.key_from or "the key")
    return replace(settings, key=key)


def key_of_command(command: tuple[str, ...], patience: float = PATIENCE) -> str:
    """The first line that a command prints. Raises NotAuthorised when it gives no key, UsageError when it can't be run.

    No shell, and nothing on its standard input. Neither the command nor its output is quoted: somebody may have put the key itself there.
    """
    import subprocess  # 10 ms, for those who have a key command

    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or "not a command"
        raise UsageError(f"{_COMMAND} can't be run: {why}; it is run as it stands, without a shell") from None
    assert child.stdout
    assert child.stderr
    out, complaint = _Pipe(child.stdout), _Pipe(child.stderr)
    try:
        code = child.wait(patience)
    except subprocess.TimeoutExpired:
        raise NotAuthorised(
            f"{_COMMAND} took longer than {patience:.0f} s and was ended; run it by itself to see what it waits for"
        ) from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    line = out.text().partition("\n")[0].strip()
    if code:
        said = shorten(without_secrets(one_line(complaint.text()), line), 200)
        raise NotAuthorised(f"{_COMMAND} ended with {code}" + (f": {said}" if said else "; it said nothing"))
    if not line:
        raise NotAuthorised(f"{_COMMAND} printed nothing on its first line; the key should stand there")
    return sound_key(line, f"what {_COMMAND} printed")


def key_of_keyring(base_url: str) -> str:
    """The key that is kept for this base URL, "" when none is. Raises UsageError where there is no keyring."""
    return sound_key(_asked(lambda keyring: keyring.get_password(SERVICE, base_url)) or "", "the key in the keyring")


def keep_in_keyring(base_url: str, key: str) -> str:
    """Keep a key for this base URL and no other; the name of the keyring that has it now. Raises UsageError."""

    def work(keyring: Any) -> str:
        keyring.set_password(SERVICE, base_url, key)
        return str(keyring.get_keyring().name)

    return _asked(work)


def forget_in_keyring(base_url: str) -> bool:
    """Take the key of this base URL out; False when there was none. Raises UsageError."""

    def work(keyring: Any) -> bool:
        if keyring.get_password(SERVICE, base_url) is None:
            return False
        keyring.delete_password(SERVICE, base_url)
        return True

    return _asked(work)


def _asked(work: Callable[[Any], T]) -> T:
    """What the keyring answers. Raises UsageError: its own errors are many, and each system's differ."""
    try:
        import keyring
    except ImportError:
        raise UsageError("the system keyring needs one more package: pip install 'afternote[keyring]'") from None
    try:
        return work(keyring)
    except Exception as error:
        # The type says more than the words of some of them; the words could quote what was to be kept, and are left out.
        raise UsageError(
            f"the system keyring can't be used ({type(error).__name__}); is there one, and is it unlocked? key_command needs none"
        ) from None


class _Pipe:
    """What a child writes, read as it comes so that it never waits for us; the beginning is kept, the rest dropped."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._data = bytearray()
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def text(self) -> str:
        """What has come. A child's own child may hold the pipe open for longer: it isn't waited for."""
        self._thread.join(1)
        return bytes(self._data[:_MOST_OUTPUT]).decode("utf-8", "replace")

    def _read(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError), pipe:
            while piece := pipe.read(65_536):
                if len(self._data) < _MOST_OUTPUT:
                    self._data += piece
