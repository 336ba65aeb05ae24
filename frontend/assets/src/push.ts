/** Lets a person add the browser they sit at to those that are woken for an alert. */

const WORKER = "push-worker.js";

export function startPush(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-push-key]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.dataset.pushReady) return;
    event.preventDefault();
    void subscribe(form);
  });
}

async function subscribe(form: HTMLFormElement): Promise<void> {
  try {
    if ((await Notification.requestPermission()) !== "granted") {
      say(form, "This browser does not allow messages. Allow them in its settings and try again.");
      return;
    }
    const registration = await navigator.serviceWorker.register(`/static/${WORKER}`);
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(form.dataset.pushKey ?? ""),
    });
    const keys = subscription.toJSON().keys ?? {};
    fill(form, "endpoint", subscription.endpoint);
    fill(form, "p256dh", keys.p256dh ?? "");
    fill(form, "auth", keys.auth ?? "");
    fill(form, "name", nameOf(navigator.userAgent));
    form.dataset.pushReady = "yes";
    form.requestSubmit();
  } catch {
    say(form, "This browser could not be added. Try again, or use another browser.");
  }
}

/** The bytes of a key as it is written in addresses. */
export function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(plain.length);
  for (let place = 0; place < plain.length; place += 1) bytes[place] = plain.charCodeAt(place);
  return bytes;
}

/** A browser as its person knows it: "Firefox on Android". */
export function nameOf(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : (/(Firefox|Chrome|Safari)/.exec(agent)?.[1] ?? "A browser");
  const system = /(Android|iPhone|iPad|Windows|Mac OS|Linux)/.exec(agent)?.[1];
  return system ? `${browser} on ${system}` : browser;
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement) input.value = value;
}

function say(form: HTMLFormElement, words: string): void {
  const status = form.querySelector("[data-push-status]");
  if (status) status.textContent = words;
}
