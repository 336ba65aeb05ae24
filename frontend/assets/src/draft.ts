/**
 * Keeps what somebody is writing: on the server when it can, on this device when it cannot.
 *
 * A form says where its draft lives with data-draft-url, when the server last saved what it shows
 * with data-draft-saved-at, and whose it is with data-draft-person. A later page clears the copy
 * on this device by naming the same address in data-draft-done.
 */
import { waitBeforeTry } from "./backoff";

export type Field = [name: string, value: string];
export interface Kept {
  fields: Field[];
  savedAt: string;
}
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PAUSE_MS = 1_500;
const KEPT_FOR_MS = 7 * 24 * 3_600_000;
const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "password", "version"]);

export function shelfKey(person: string, address: string): string {
  return `sightline.draft.${person}.${address}`;
}

export function worthKeeping(fields: Iterable<[string, FormDataEntryValue]>): Field[] {
  const kept: Field[] = [];
  for (const [name, value] of fields) {
    if (typeof value === "string" && !NEVER_KEPT.has(name)) kept.push([name, value]);
  }
  return kept;
}

export function keep(shelf: Shelf, key: string, kept: Kept): boolean {
  try {
    shelf.setItem(key, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

/** What this device holds for the form, unless the server has something newer or it is stale. */
export function found(shelf: Shelf, key: string, serverSavedAt: string, now: Date): Kept | null {
  const text = shelf.getItem(key);
  if (!text) return null;
  try {
    const kept = JSON.parse(text) as Kept;
    const at = Date.parse(kept.savedAt);
    const stale = Number.isNaN(at) || now.getTime() - at > KEPT_FOR_MS;
    const older = serverSavedAt !== "" && at <= Date.parse(serverSavedAt);
    if (!stale && !older && Array.isArray(kept.fields)) return kept;
  } catch {
    // Unreadable: fall through and forget it.
  }
  shelf.removeItem(key);
  return null;
}

export function clockWords(moment: Date): string {
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

export function restore(form: HTMLFormElement, fields: Field[]): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of Array.from(form.elements)) {
    if (
      !(
        control instanceof HTMLInputElement ||
        control instanceof HTMLTextAreaElement ||
        control instanceof HTMLSelectElement
      ) ||
      !control.name ||
      NEVER_KEPT.has(control.name) ||
      control.type === "hidden" ||
      control.type === "file"
    )
      continue;
    const mine = values.get(control.name) ?? [];
    if (control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type)) {
      const wanted = mine.includes(control.value);
      // A click lets the component reveal or hide what depends on this answer.
      if (control.checked !== wanted) {
        if (control.type === "radio" && !wanted) control.checked = false;
        else control.click();
      }
    } else if (mine.length > 0) {
      control.value = mine.shift() ?? "";
      values.set(control.name, mine);
      control.dispatchEvent(new Event("keyup", { bubbles: true }));
    }
  }
}

type Answer = { outcome: "saved"; at: Date } | { outcome: "signed out" | "refused" | "unreachable" };

class Draft {
  private readonly key: string;
  private readonly status: HTMLElement;
  private pause: number | undefined;
  private tries = 0;
  private sending = false;
  private changedSince = false;
  private submitted = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly address: string,
    private readonly shelf: Shelf,
  ) {
    this.key = shelfKey(form.dataset.draftPerson ?? "", address);
    this.status = this.statusLine();
  }

  start(): void {
    const kept = found(this.shelf, this.key, this.form.dataset.draftSavedAt ?? "", new Date());
    if (kept) {
      restore(this.form, kept.fields);
      this.say(`We put back what you wrote here at ${clockWords(new Date(kept.savedAt))}.`);
      this.soon();
    }
    this.form.addEventListener("input", () => this.soon());
    this.form.addEventListener("change", () => this.soon());
    this.form.addEventListener("submit", () => {
      // Kept until a later page says it arrived: the connection may drop on the way.
      this.keepHere();
      this.submitted = true;
      window.clearTimeout(this.pause);
    });
    window.addEventListener("online", () => void this.send());
    window.addEventListener("pagehide", () => {
      if (this.changedSince && !this.submitted) this.keepHere();
    });
    window.addEventListener("pageshow", () => {
      this.submitted = false;
    });
  }

  private soon(wait: number = PAUSE_MS): void {
    this.changedSince = true;
    window.clearTimeout(this.pause);
    this.pause = window.setTimeout(() => void this.send(), wait);
  }

  private fields(): Field[] {
    return worthKeeping(new FormData(this.form).entries());
  }

  private keepHere(): boolean {
    return keep(this.shelf, this.key, {
      fields: this.fields(),
      savedAt: new Date().toISOString(),
    });
  }

  private async send(): Promise<void> {
    if (this.sending || this.submitted || !this.changedSince) return;
    this.sending = true;
    this.changedSince = false;
    const answer = await this.post();
    this.sending = false;
    if (answer.outcome === "saved") {
      this.tries = 0;
      if (!this.changedSince && !this.submitted) this.shelf.removeItem(this.key);
      this.say(`Saved at ${clockWords(answer.at)}`);
      return;
    }
    this.changedSince = true;
    const here = this.keepHere();
    const where = here
      ? `Saved on this device at ${clockWords(new Date())}`
      : "Not saved: keep this page open";
    const why = {
      "signed out": "You have been signed out. Sign in again to send it.",
      refused: "It could not be saved to Sightline. What you wrote is still here.",
      unreachable: "There is no connection. It will be sent when you are back online.",
    }[answer.outcome];
    this.say(`${where}. ${why}`);
    if (answer.outcome === "unreachable") this.soon(waitBeforeTry(this.tries++));
  }

  private async post(): Promise<Answer> {
    const body = new URLSearchParams(this.fields());
    const token = this.form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
    try {
      const response = await fetch(this.address, {
        method: "POST",
        body,
        credentials: "same-origin",
        redirect: "manual",
        headers: { "X-CSRFToken": token ?? "", Accept: "application/json" },
      });
      if (response.ok) return { outcome: "saved", at: new Date() };
      const away = response.type === "opaqueredirect" || [401, 403].includes(response.status);
      if (away) return { outcome: "signed out" };
      return { outcome: response.status >= 500 ? "unreachable" : "refused" };
    } catch {
      return { outcome: "unreachable" };
    }
  }

  private statusLine(): HTMLElement {
    const existing = this.form.querySelector<HTMLElement>("[data-draft-status]");
    if (existing) return existing;
    const line = document.createElement("p");
    line.className = "govuk-hint app-draft";
    line.setAttribute("role", "status");
    this.form.append(line);
    return line;
  }

  private say(words: string): void {
    this.status.textContent = words;
  }
}

export function startDrafts(root: Document = document): void {
  let shelf: Shelf;
  try {
    shelf = window.localStorage;
  } catch {
    return;
  }
  for (const done of root.querySelectorAll<HTMLElement>("[data-draft-done]")) {
    shelf.removeItem(shelfKey(done.dataset.draftPerson ?? "", done.dataset.draftDone ?? ""));
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft-url]")) {
    new Draft(form, form.dataset.draftUrl ?? "", shelf).start();
  }
}
