"""Mails and notes that attack: `cases.yaml` holds them as data, `build.py` makes mails of them, `large.py` holds the huge ones."""
