// Asks the browser for a passkey and sends its answer with the form around it (Web Authentication).
// Binary values travel as unpadded base64url, in the JSON form of the standard.

function toBytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function withBytes(descriptors = []) {
  return descriptors.map((descriptor) => ({ ...descriptor, id: toBytes(descriptor.id) }));
}

function asked({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.allowCredentials) options.allowCredentials = withBytes(options.allowCredentials);
  if (options.excludeCredentials) options.excludeCredentials = withBytes(options.excludeCredentials);
  return { publicKey: options };
}

function answered(credential) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((part) => credential.response[part]);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(given.map((part) => [part, toText(credential.response[part])])),
    clientExtensionResults: {},
  });
}

const EXPLANATIONS = {
  InvalidStateError: "This device or key already has a passkey of yours.",
  NotAllowedError: "Nothing was sent: you cancelled, or it took too long. Try again.",
};

function bind(element) {
  const form = element.closest("form");
  const answer = element.querySelector("[data-passkey-answer]");
  const button = element.querySelector("[data-passkey-button]");
  const status = element.querySelector("[data-passkey-status]");
  const options = asked(JSON.parse(element.dataset.passkeyOptions));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "";
    button.disabled = true;
    try {
      answer.value = answered(await navigator.credentials[element.dataset.passkey](options));
      form.submit();
    } catch (error) {
      status.textContent = EXPLANATIONS[error.name] ?? "This browser could not use the passkey here.";
      button.disabled = false;
    }
  });
  element.hidden = false;
}

if (window.PublicKeyCredential) document.querySelectorAll("[data-passkey]").forEach(bind);
