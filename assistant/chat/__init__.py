"""The chat: a talk at the terminal, from the rejection to a letter of one's own."""
