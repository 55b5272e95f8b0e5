"""The emulator's own process: ministack on the port that its parent hands over, with corrections to IAM.

It is not `python -m ministack`, which binds by itself, with TLS also to port 443. Functions run on this machine, so
packages that are built for Lambda's platform are left out of their code, for those of this machine. Least privilege
could not be shown without corrections to how requests are authorized. On AWS:

- a batch of SQS needs the permission of the single action;
- ssm:GetParameters is checked against each parameter, not against "*";
- the role with which CloudFormation is to act, the types of resources of a change set, and whether a parameter may be
  overwritten, are keys of conditions;
- a service that assumes a role says for which resource. The emulator has no service principals, so callers pass the
  source ARN as the external id.

Nor would ministack be safe alone: request_guard.py stands before it. The key that its parent passes in the environment
is the administrator's, in place of a key that everybody knows; a function's keys are random, since ministack's own
could be computed from two names.
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
import tempfile
import threading
import zipfile
from functools import cache
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

NO_CODE = b"PK\x05\x06" + bytes(18)
"""A zip without files."""


def iam_action(service: str, *request: Any) -> str | None:
    """Return the action for which a request needs the permission."""
    action_name: str | None = _action(service, *request)
    return action_name.removesuffix("Batch") if service == "sqs" and action_name else action_name


def resource_arn(
    service: str, method: str, path: str, headers: Any, body: bytes, params: Any, region: str, account: str
) -> Any:
    """Return the ARN of a request's resource: of several parameters, the first that may not be read."""
    if service != "ssm" or _action(service, method, path, headers, body, params) != "ssm:GetParameters":
        return _resource(service, method, path, headers, body, params, region, account)
    bodies = [json.dumps({"Name": name}).encode() for name in json.loads(body)["Names"]]
    arns = [
        _resource(service, method, path, headers, parameter_body, params, region, account) for parameter_body in bodies
    ]
    key = extract_access_key_id(headers, params)
    return next((arn for arn in arns if enforce(key, "ssm:GetParameters", service, region, arn)), arns[0])


def condition_keys(service: str, action: str, body: bytes, params: Any) -> Any:
    """Return the condition keys of a request."""
    keys: dict[str, Any] = {}
    if service == "cloudformation" and (role := params.get("RoleARN")):
        keys["cloudformation:rolearn"] = role[0] if isinstance(role, list) else role
    resource_types = [value for name, value in params.items() if name.startswith("ResourceTypes.member.")]
    if service == "cloudformation" and resource_types:
        keys["cloudformation:resourcetypes"] = [name[0] if isinstance(name, list) else name for name in resource_types]
    if action == "ssm:PutParameter":
        keys["ssm:overwrite"] = str(json.loads(body).get("Overwrite", False)).lower()
    return {**_keys(service, action, body, params), **keys}


def evaluate_trust(policy: Any, caller: str, context: Any = None) -> bool:
    """Return whether a trust policy lets the caller assume the role.

    An external id that is an ARN is `aws:SourceArn`, and its account `aws:SourceAccount`.
    """
    context_keys = context.service_context if context else {}
    if (resource := context_keys.get("sts:externalid") or "").startswith("arn:"):
        all_keys = {**context_keys, "aws:sourcearn": resource, "aws:sourceaccount": resource.split(":")[4]}
        context = dataclasses.replace(context, service_context=all_keys)
    return bool(_trusts(policy, caller, context))


def start_worker(self: Any, name: str, config: Any, code: bytes) -> None:
    """Start a function's process, which finds its code where the processes of this code before have compiled it."""
    variables = config.get("Environment", {}).get("Variables", {})
    paths = [unpacked(code), variables.get("PYTHONPATH", os.environ.get("PYTHONPATH"))]
    variables = {**variables, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    _worker(self, name, {**config, "Environment": {"Variables": variables}}, NO_CODE)


@cache
def unpacked(code: bytes) -> str:
    """Unpack code into a folder, once; code with binaries for Lambda's platform is reduced to `lambdas/`."""
    folder = tempfile.mkdtemp(prefix="code-")
    with zipfile.ZipFile(io.BytesIO(code)) as package:
        names = package.namelist()
        if any(name.endswith(".so") for name in names):
            names = [name for name in names if name.startswith("lambdas/")]
        package.extractall(folder, names)
    return folder


def function_credentials(config: Any) -> dict[str, str]:
    """Return the credentials of a function's process: a session of its role."""
    account, role, name = config["FunctionArn"].split(":")[4], config["Role"].rsplit("/", 1)[-1], config["FunctionName"]
    key, secret, token = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(60)
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
    session = {"Arn": arn, "UserId": f"{role}:{name}", "SecretAccessKey": secret, "SessionToken": token}
    sts.register_session(key, session)
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def find_secret_key(key: str, token: str) -> str:
    """Return the secret of a key: the administrator's, or one that the emulated IAM or STS has issued."""
    administrator = hmac.compare_digest(key.encode(), os.environ["AWS_ACCESS_KEY_ID"].encode())
    if not administrator and iam_evaluator.is_root_access_key(key):  # `test`, or the number of an account
        raise RefusedError("UnrecognizedClientException", "The security token included in the request is invalid.")
    owner = responses._account_from_sts_session(key) or iam_evaluator.find_iam_access_key_account(key)  # noqa: SLF001
    credential = iam_evaluator.resolve_credential(key, owner, token)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        raise RefusedError(credential.code, credential.message)
    return str(credential.secret_access_key)


def refusal_response(request: Request, error: RefusedError) -> Response:
    """Return the response to a request without a known signature, as clients of the service understand it."""
    service = detect_service(request.method, request.path, request.headers, request.query)
    status, headers, body = iam.access_denied_response(
        service, "", "", "", error_code=error.code, message=error.message, headers=request.headers
    )
    return status, headers, body


def end_with_parent() -> None:
    """End the process group with the parent: standard input is a pipe from it, and ends when the parent does."""
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    iam.extract_iam_action, iam.extract_resource_arn = iam_action, resource_arn
    iam.request_tag_context = condition_keys
    iam_evaluator.evaluate_trust_policy = evaluate_trust
    lambda_runtime.Worker.__init__ = start_worker
    lambda_runtime.execution_credentials = function_credentials
    hosts = allowed_hosts(int(os.environ["GATEWAY_PORT"]), https="USE_SSL" in os.environ)
    ministack.app = Guard(ministack.app, hosts, find_secret_key, refusal_response)
    sys.exit(main())
