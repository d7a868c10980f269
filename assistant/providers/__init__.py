"""The one narrow seam to models: messages in, completions out."""

from assistant.providers.seam import Completion, Message, OnText, Provider, Request, SentenceProvider, Usage

__all__ = ["Completion", "Message", "OnText", "Provider", "Request", "SentenceProvider", "Usage"]
