"""The definition of dropbox, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='dropbox',
    description='Dropbox accounts in which files changed',
    webhook=Webhook(
        auth=Auth(type=hmac, settings=hmac.Settings(signature=Signature(header=('X-Dropbox-Signature',)))),
        challenges=(
            Challenge(
                when="query('challenge')",
                reply=Reply(text="{query('challenge')}"),
                method='GET',
                unauthenticated=True,
            ),
        ),
    ),
    events=Events(require=('list_folder.accounts',)),
    facts=Facts(
        summary="dropbox: files changed in {to_string(length(list_folder.accounts))} {length(list_folder.accounts) == `1` && 'account' || 'accounts'}: {join(', ', list_folder.accounts[:5])}",
        action='files.changed',
        kind=Choice(of='data.change', words={'data.change': ('*',)}),
        target="{join(', ', list_folder.accounts)}",
    ),
    vendor=Vendor(
        docs='https://www.dropbox.com/developers/reference/webhooks',
        deadline=10,
        retries='with growing pauses, over about 10 minutes, after anything but a 200 and after a timeout',
        secret='issued',
    ),
)
