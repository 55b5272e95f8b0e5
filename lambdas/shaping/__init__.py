"""An event as the message that MozDef gets."""
