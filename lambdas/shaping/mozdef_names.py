"""MozDef's names of keys below `details`, and the words that set off a plugin of its own."""

from __future__ import annotations

DETAIL_NAMES = {
    "action": "eventname",
    "user": "username",
    "user_id": "userid",
    "user_agent": "useragent",
    "target_user": "targetuser",
    "outcome": "success",
    "source_ip": "sourceipaddress",
}
"""The names that MozDef's alerts and dashboards look for; every other fact has its own name."""
PLUGIN_WORDS = frozenset(
    (
        *("auditd", "audisp-json", "bro", "cloudtrail", "command", "complianceitems", "customendpoint"),
        *("elb-healthchecker/1.0", "fail2ban", "filterlog", "githubeventsqs", "google", "guardduty", "ldap"),
        *("ldap-humanizer", "nagios_hostname", "netflow", "network", "observium", "pubsub", "rt_flow", "snmptt"),
        *("squid", "sshd", "stackdriver", "suricata", "triagebot", "vulnerability", "zoom_host"),
    )
)
"""Words that set off a plugin of MozDef's where a key or a value of a message equals one, in any case.

Their plugins drop the message, empty it, or rewrite it.
"""
ZOOM_WORDS = frozenset(["zoom_host"])
"""The word of the plugin for which a source is sent whole: https://github.com/mozilla/MozDef/blob/master/mq/plugins/zoom_fixup.py"""

OWN_TAGS = ("canary", "oversize", "replayed")
"""Tags that say what a message is. Whoever causes an event could hide it with one of them."""


def is_plugin_word(text: str) -> bool:
    """Return whether a text sets off a plugin, as a value or as a key."""
    return text.lower() in PLUGIN_WORDS
