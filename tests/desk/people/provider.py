"""A small OpenID provider on loopback: discovery, keys, tokens and user info, told what to say and to say it wrong."""

from __future__ import annotations

import base64
import json
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, CODE = "amends-desk", "a-secret-of-the-desk", "one-code"
KEYS = tuple(rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider:
    """`said` goes over the claims of the ID token, `info` is the user info; the rest are ways to be wrong."""

    def __init__(self) -> None:
        self.said, self.info, self.asked = {}, {"sub": "7"}, []
        self.key, self.algorithm, self.nonce, self.challenge = KEYS[0], "RS256", "", ""
        self.config, self.status = {}, 200
        provider = self

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, "")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, page, body):
        path = urlsplit(page.path).path
        self.asked.append((path, body, page.headers.get("Authorization", "")))
        said = {
            "/.well-known/openid-configuration": self.discovery,
            "/keys": self.keys,
            "/token": lambda: self.tokens(body),
            "/info": lambda: self.info,
        }[path]()
        raw = json.dumps(said).encode()
        page.send_response(self.status if path == "/token" else 200)
        page.send_header("Content-Type", "application/json")
        page.send_header("Content-Length", str(len(raw)))
        page.end_headers()
        page.wfile.write(raw)

    def discovery(self):
        ends = {"authorization": "authorize", "token": "token", "userinfo": "info"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **{f"{name}_endpoint": f"{self.issuer}/{place}" for name, place in ends.items()},
            **self.config,
        }

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[0].public_key()))
        return {"keys": [{**public, "kid": "first", "alg": "RS256", "use": "sig"}]}

    def tokens(self, body):
        given = {name: values[0] for name, values in parse_qs(body).items()}
        proof = base64.urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if given.get("code") != CODE or proof != self.challenge:
            self.status = 400
            return {"error": "invalid_grant", "error_description": f"not {CODE}"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300, "nonce": self.nonce}
        claims = {name: value for name, value in {**claims, **self.said}.items() if value is not None}
        token = jwt.encode(claims, self.key, algorithm=self.algorithm, headers={"kid": "first"})
        return {"access_token": "opens-the-info", "token_type": "Bearer", "id_token": token}

    def visit(self, address):
        """Look at where a browser was sent, as the provider's own page does; return of the state to come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "profile", "email"}
        self.nonce, self.challenge = asked["nonce"], asked["code_challenge"]
        return asked
