"""The emulator's own process: ministack, behind the port that its parent hands over.

Not `python -m ministack`, which binds by itself, with TLS also to port 443; and functions run here, so packages that
are built for Lambda's platform are left out of their code for those of this machine. Least privilege could not be shown
without five more corrections to how requests are authorized: on AWS a batch of SQS needs the permission of the single
action; ssm:GetParameters is checked against each parameter, not against "*"; the role with which CloudFormation is to
act, the types of resources of a change set, and whether a parameter may be overwritten, are keys of conditions; and a
service that takes on a role says for which resource. No service is here to say so: who stands in for one gives that
ARN as the external id.

Nor would it be safe: request_guard.py stands before it. The key that its parent gives it in the environment is the
administrator's, in place of a key that all the world knows; a function's are random, since ministack's own could be
worked out from two names.
"""

from __future__ import annotations

import dataclasses
import hmac
import io
import json
import os
import secrets
import signal
import sys
import threading
import zipfile
from typing import Any

from hypercorn.__main__ import main
from ministack import app as ministack
from ministack.core import iam_actions as iam
from ministack.core import iam_evaluator, lambda_runtime, responses
from ministack.core.iam_evaluator import enforce
from ministack.core.router import detect_service, extract_access_key_id
from ministack.services import sts

from generator.local.request_guard import Guard, Response, allowed_hosts
from generator.local.sigv4 import RefusedError, Request

_action, _resource = iam.extract_iam_action, iam.extract_resource_arn
_keys = iam.request_tag_context
_trusts = iam_evaluator.evaluate_trust_policy
_worker = lambda_runtime.Worker.__init__


def iam_action(service: str, *request: Any) -> str | None:
    """The action that a request needs the permission of."""
    found: str | None = _action(service, *request)
    return found.removesuffix("Batch") if service == "sqs" and found else found


def resource_arn(
    service: str, method: str, path: str, headers: Any, body: bytes, params: Any, region: str, account: str
) -> Any:
    """The resource that a request is about: of several parameters, the first that may not be read is what decides."""
    if service != "ssm" or _action(service, method, path, headers, body, params) != "ssm:GetParameters":
        return _resource(service, method, path, headers, body, params, region, account)
    bodies = [json.dumps({"Name": name}).encode() for name in json.loads(body)["Names"]]
    arns = [_resource(service, method, path, headers, one, params, region, account) for one in bodies]
    key = extract_access_key_id(headers, params)
    return next((arn for arn in arns if enforce(key, "ssm:GetParameters", service, region, arn)), arns[0])


def condition_keys(service: str, action: str, body: bytes, params: Any) -> Any:
    """What the conditions of a policy may look at in a request."""
    more: dict[str, Any] = {}
    if service == "cloudformation" and (role := params.get("RoleARN")):
        more["cloudformation:rolearn"] = role[0] if isinstance(role, list) else role
    types = [value for name, value in params.items() if name.startswith("ResourceTypes.member.")]
    if service == "cloudformation" and types:
        more["cloudformation:resourcetypes"] = [one[0] if isinstance(one, list) else one for one in types]
    if action == "ssm:PutParameter":
        more["ssm:overwrite"] = str(json.loads(body).get("Overwrite", False)).lower()
    return {**_keys(service, action, body, params), **more}


def evaluate_trust(policy: Any, caller: str, context: Any = None) -> bool:
    """Whether a role lets itself be taken on; `aws:SourceArn` and `aws:SourceAccount` are of the ARN given."""
    said = context.service_context if context else {}
    if (source := said.get("sts:externalid") or "").startswith("arn:"):
        keys = {**said, "aws:sourcearn": source, "aws:sourceaccount": source.split(":")[4]}
        context = dataclasses.replace(context, service_context=keys)
    return bool(_trusts(policy, caller, context))


def start_worker(self: Any, name: str, config: Any, code: bytes) -> None:
    """A function's process, with our own part of its code."""
    with zipfile.ZipFile(io.BytesIO(code)) as sent:
        foreign = any(entry.filename.endswith(".so") for entry in sent.infolist())
        own = io.BytesIO()
        with zipfile.ZipFile(own, "w") as made:
            for entry in sent.infolist():
                if entry.filename.startswith("lambdas/"):
                    made.writestr(entry, sent.read(entry))
    _worker(self, name, config, own.getvalue() if foreign else code)


def function_credentials(config: Any) -> dict[str, str]:
    """The credentials of a function's process: a session of its role."""
    account, role, name = config["FunctionArn"].split(":")[4], config["Role"].rsplit("/", 1)[-1], config["FunctionName"]
    key, secret, token = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(60)
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
    session = {"Arn": arn, "UserId": f"{role}:{name}", "SecretAccessKey": secret, "SessionToken": token}
    sts.register_session(key, session)
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def find_secret_key(key: str, token: str) -> str:
    """The secret of a key: the administrator's, or one that IAM or STS has given out here."""
    administrator = hmac.compare_digest(key.encode(), os.environ["AWS_ACCESS_KEY_ID"].encode())
    if not administrator and iam_evaluator.is_root_access_key(key):  # `test`, or the number of an account
        raise RefusedError("UnrecognizedClientException", "The security token included in the request is invalid.")
    owner = responses._account_from_sts_session(key) or iam_evaluator.find_iam_access_key_account(key)  # noqa: SLF001
    found = iam_evaluator.resolve_credential(key, owner, token)
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        raise RefusedError(found.code, found.message)
    return str(found.secret_access_key)


def refusal_response(request: Request, error: RefusedError) -> Response:
    """The answer to a request that no key of ours has signed, as clients of the service understand it."""
    service = detect_service(request.method, request.path, request.headers, request.query)
    status, headers, body = iam.access_denied_response(
        service, "", "", "", error_code=error.code, message=error.message, headers=request.headers
    )
    return status, headers, body


def end_with_parent() -> None:
    """Our standard input is a pipe from the parent: it ends when that does, however it does."""
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    iam.extract_iam_action, iam.extract_resource_arn = iam_action, resource_arn
    iam.request_tag_context = condition_keys
    iam_evaluator.evaluate_trust_policy = evaluate_trust
    lambda_runtime.Worker.__init__ = start_worker
    lambda_runtime.execution_credentials = function_credentials
    known = allowed_hosts(int(os.environ["GATEWAY_PORT"]), https="USE_SSL" in os.environ)
    ministack.app = Guard(ministack.app, known, find_secret_key, refusal_response)
    sys.exit(main())
