"""Secrets that a vendor replaces: the function stores the new value, and reads again what others store."""

from __future__ import annotations

from lambdas.runtime.aws_errors import AWS_ERRORS, call_aws, error_code, required_field
from lambdas.runtime.secrets import Secrets, SecretsUnavailable


class RotatedSecrets(Secrets):
    """The secrets of a source that is pulled."""

    def forget(self, name: str) -> None:
        """Have the store read again at the next use of a secret."""
        self._entries.pop(name, None)

    def replace(self, name: str, value: str) -> None:
        """Overwrite a secret that the vendor has replaced; SecretsUnavailable where that fails.

        Only the function of a source whose vendor rotates its own credential may do that.

        Without a KeyId, Parameter Store encrypts with the key aws/ssm, whichever the last version had. It is the only
        one that the function may use, and the one of the command `secret`.
        """
        current = f"{self._path}/{name}"
        try:
            put = self._client().put_parameter
            required_field(call_aws(put, Name=current, Value=value, Type="SecureString", Overwrite=True), "Version")
        except AWS_ERRORS as error:
            raise SecretsUnavailable(f"{current}: {error_code(error)}") from error
        finally:
            self._entries.pop(name, None)
