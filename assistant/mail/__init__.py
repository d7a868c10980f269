"""Mail in and mail out: read what was received, write what may be sent. Nothing here sends anything."""
