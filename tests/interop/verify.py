"""Shows folders of evidence to Python's verifiers and prints a JSON object: folder -> "accepts" or "refuses: …".

usage: python verify.py sigstore|securesystemslib folder…
"""

import base64
import hashlib
import json
import logging
import sys
from pathlib import Path


def sigstore(folder: Path) -> None:
    """Sigstore's own client, as a library."""
    from sigstore.models import Bundle, TrustedRoot
    from sigstore.verify import Verifier, policy

    expected = json.loads((folder / "expected.json").read_text())
    artifact = (folder / "artifact").read_bytes()
    bundle = Bundle.from_json((folder / "bundle.json").read_text())
    verifier = Verifier(trusted_root=TrustedRoot.from_file(str(folder / "trusted_root.json")))
    who = policy.Identity(identity=expected["identity"], issuer=expected["issuer"])
    if "dsseEnvelope" not in json.loads((folder / "bundle.json").read_text()):
        verifier.verify_artifact(artifact, bundle, who)
        return
    _, payload = verifier.verify_dsse(bundle, who)
    # What an envelope is about is left to the caller; Sigstore's command line compares like this.
    if json.loads(payload)["subject"][0]["digest"]["sha256"] != hashlib.sha256(artifact).hexdigest():
        raise Subject


def securesystemslib(folder: Path) -> None:
    """The reference implementation of DSSE with the certified key, and in-toto's own reader of what is inside."""
    from cryptography.x509 import load_der_x509_certificate
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

    bundle = json.loads((folder / "bundle.json").read_text())
    if "dsseEnvelope" not in bundle:
        raise NotApplicable
    raw = base64.b64decode(bundle["verificationMaterial"]["certificate"]["rawBytes"])
    scheme = "ecdsa-sha2-nistp256"
    public_key = load_der_x509_certificate(raw).public_key()
    if not hasattr(public_key, "curve"):
        scheme = "rsa-pkcs1v15-sha256"
    # That library finds keys by name, and our envelopes name none.
    envelope = bundle["dsseEnvelope"]
    for signature in envelope["signatures"]:
        signature["keyid"] = "certified"
    key = SSlibKey.from_crypto(public_key, keyid="certified", scheme=scheme)
    Envelope.from_dict(envelope).verify([key], 1)
    statement = json_format.Parse(base64.b64decode(envelope["payload"]), statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()


class Subject(Exception):
    """The statement is about something else."""


class NotApplicable(Exception):
    """There is no envelope."""


def verdict(verify, folder: Path) -> str:
    try:
        verify(folder)
        return "accepts"
    except NotApplicable:
        return "-"
    except Exception as refusal:
        return f"refuses: {type(refusal).__name__}"


def main() -> None:
    logging.disable()
    verify = {"sigstore": sigstore, "securesystemslib": securesystemslib}[sys.argv[1]]
    folders = [Path(argument) for argument in sys.argv[2:]]
    print(json.dumps({folder.name: verdict(verify, folder) for folder in folders}))


main()
