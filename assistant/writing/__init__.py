"""From a brief to a letter that is held to it."""

from assistant.writing.compose import Options, compose
from assistant.writing.draft import Draft, LeftOut

__all__ = ["Draft", "LeftOut", "Options", "compose"]
