"""Everything that can go wrong in a way the user can mend.

    AfternoteError                exit 1
    ├── UsageError                exit 2    the command line, a settings file, a prompt template
    │   └── BriefError            exit 2    a brief that can't be read, with file and line
    ├── ProviderError             exit 1    the model answered, but not with a letter
    │   ├── Unavailable           exit 69   no such endpoint, engine missing, weights not to be had
    │   │   └── NoModel           exit 69   the endpoint hasn't this model
    │   ├── NothingWritten        exit 1    the model was asked, and none of what it wrote is a letter
    │   ├── StreamCut             exit 69   the reply broke off; carries the partial text
    │   ├── TryLater              exit 75   rate limit, overload, time-out
    │   │   └── NoQuota           exit 75   the account is used up
    │   └── NotAuthorised         exit 77   no key, or a key that isn't accepted
    └── Interrupted               exit 130  Ctrl-C; carries the partial text

The exit codes are those of sysexits.h. A message is one line: what is wrong, where, what to do.
"""

from __future__ import annotations


class AfternoteError(Exception):
    """Base of all errors shown to the user as one line, never as a traceback."""

    exit_code = 1
    final = False  # whether no other letter would fare better with this model and key


class UsageError(AfternoteError):
    """What the user typed or configured can't be followed."""

    exit_code = 2


class BriefError(UsageError):
    """A brief that can't be read or doesn't hold what it must."""


class ProviderError(AfternoteError):
    """The model could be reached but gave nothing that can be used. `partial` is what had come before, in an earlier attempt."""

    partial = ""


class NothingWritten(ProviderError):
    """The model wrote, but nothing that can go out: asked the same way again it may do so again."""


class Unavailable(ProviderError):
    """The endpoint, the engine, the model or its weights can't be reached."""

    exit_code = 69


class StreamCut(ProviderError):
    """The reply ended before it was whole. `partial` is what came; `passing` that another attempt may do better."""

    exit_code = 69
    passing = True

    def __init__(self, message: str, partial: str) -> None:
        """Keep the partial text beside the message, so that nothing is lost."""
        super().__init__(message)
        self.partial = partial


class NoModel(Unavailable):
    """The endpoint is there, and the model isn't."""

    final = True


class TryLater(ProviderError):
    """The endpoint is there but can't serve now."""

    exit_code = 75


class NoQuota(TryLater):
    """The account is used up; asking again costs time and helps nobody."""

    final = True


class NotAuthorised(ProviderError):
    """The provider wants a key it didn't get, or doesn't accept the one it got."""

    exit_code = 77

    def __init__(self, message: str, final: bool = True) -> None:
        """`final` unless it may be this one letter that isn't allowed."""
        super().__init__(message)
        self.final = final


class Interrupted(AfternoteError):
    """The user pressed Ctrl-C. `partial` is what had been written by then; `whole` that it is a letter, though not the last version."""

    exit_code = 130

    def __init__(self, partial: str = "", whole: bool = False) -> None:
        """Keep the partial text, so that nothing is lost."""
        super().__init__("interrupted")
        self.partial, self.whole = partial, whole
