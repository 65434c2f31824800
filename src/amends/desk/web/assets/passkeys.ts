// Passkeys: asks the browser for one, and puts what it says into the form that sends it.

type Told = Record<string, unknown>;

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
}

function words(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What the desk says in letters, as the browser wants it in bytes. */
function asked(told: Told): PublicKeyCredentialCreationOptions & PublicKeyCredentialRequestOptions {
  const known = (rows: unknown) => (rows as Told[] | undefined)?.map((row) => ({ ...row, id: bytes(row.id as string) }));
  const user = told.user as Told | undefined;
  return {
    ...told,
    challenge: bytes(told.challenge as string),
    ...(user ? { user: { ...user, id: bytes(user.id as string) } } : {}),
    excludeCredentials: known(told.excludeCredentials) ?? [],
    allowCredentials: known(told.allowCredentials) ?? [],
  } as unknown as PublicKeyCredentialCreationOptions & PublicKeyCredentialRequestOptions;
}

/** What the key said, in letters. */
function said(key: PublicKeyCredential): Told {
  const response: Told = {};
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  for (const part of parts) {
    const value = (key.response as unknown as Told)[part];
    if (value instanceof ArrayBuffer) response[part] = words(value);
  }
  return { id: key.id, rawId: words(key.rawId), type: key.type, response, clientExtensionResults: {} };
}

async function ask(form: HTMLFormElement, adds: boolean): Promise<void> {
  const options = document.getElementById("passkey-options")?.textContent ?? "{}";
  const publicKey = asked((JSON.parse(options) as { publicKey: Told }).publicKey);
  const key = adds
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  const place = form.querySelector<HTMLInputElement>("input[name=answer]");
  if (!(key instanceof PublicKeyCredential) || !place) return;
  place.value = JSON.stringify(said(key));
  form.submit();
}

export function passkeys(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    const trouble = form.querySelector<HTMLElement>("[data-passkey-trouble]");
    const unable = form.querySelector<HTMLElement>("[data-passkey-unable]");
    if (!("PublicKeyCredential" in window) || !window.isSecureContext) {
      if (unable) unable.hidden = false;
      form.querySelector<HTMLButtonElement>("button[type=submit]")?.setAttribute("disabled", "");
      continue;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (trouble) trouble.hidden = true;
      ask(form, form.dataset.passkey === "add").catch(() => {
        if (trouble) trouble.hidden = false;
      });
    });
  }
}
