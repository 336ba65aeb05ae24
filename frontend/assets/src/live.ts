/**
 * Hears that something changed and says so politely.
 *
 * A nudge carries no facts about a child: the page only learns that there is something new,
 * and the reader asks for it. Rows never move under the reader.
 */
import { waitBeforeTry } from "./backoff";

export interface Nudge {
  about?: string;
  unread?: number;
  cursor?: number;
  missed?: boolean;
  count?: number;
}

export const NUDGE = "sightline:nudge";
/** The server closes with these when trying again cannot help, such as when nobody is signed in. */
const REFUSED = new Set([4400, 4401, 4403, 4404]);

export function readNudge(text: string): Nudge | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Nudge)
      : null;
  } catch {
    return null;
  }
}

export function socketAddress(location: { protocol: string; host: string }, since: number): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/ws/inbox/?since=${since}`;
}

export function newItemsWords(count: number): string {
  return count === 1 ? "There is 1 new notification." : `There are ${count} new notifications.`;
}

/** How many came since the page was drawn; at least the one that was just heard of. */
export function newItems(nudge: Nudge, unreadAtStart: number): number {
  const more = (nudge.unread ?? unreadAtStart + 1) - unreadAtStart;
  return Math.max(1, more, nudge.missed ? (nudge.count ?? 1) : 1);
}

export function badgeWords(unread: number): string {
  return unread > 99 ? "99+" : String(unread);
}

class Inbox {
  private tries = 0;
  private cursor: number;
  private readonly unreadAtStart: number;
  private timer: number | undefined;
  private socket: WebSocket | undefined;

  constructor(private readonly region: HTMLElement) {
    this.cursor = Number(region.dataset.cursor ?? 0);
    this.unreadAtStart = Number(region.dataset.unread ?? 0);
  }

  connect(): void {
    window.clearTimeout(this.timer);
    this.socket = new WebSocket(socketAddress(window.location, this.cursor));
    this.socket.addEventListener("open", () => {
      this.tries = 0;
    });
    this.socket.addEventListener("message", (event) => this.receive(String(event.data)));
    this.socket.addEventListener("close", (event) => {
      this.socket = undefined;
      if (!REFUSED.has(event.code)) this.tryLater();
    });
  }

  hurry(): void {
    if (!this.socket) this.connect();
  }

  private tryLater(): void {
    this.timer = window.setTimeout(() => this.connect(), waitBeforeTry(this.tries));
    this.tries += 1;
  }

  private receive(text: string): void {
    const nudge = readNudge(text);
    if (!nudge) return;
    if (typeof nudge.cursor === "number") this.cursor = Math.max(this.cursor, nudge.cursor);
    if (typeof nudge.unread === "number") showUnread(nudge.unread);
    if (nudge.about || nudge.missed) this.announce(nudge);
    document.dispatchEvent(new CustomEvent<Nudge>(NUDGE, { detail: nudge }));
  }

  private announce(nudge: Nudge): void {
    const count = newItems(nudge, this.unreadAtStart);
    const words = document.createElement("p");
    words.className = "app-live__words";
    words.textContent = `${newItemsWords(count)} `;
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.textContent = "Show new";
    link.href = document.querySelector("[data-live-list]")
      ? window.location.pathname + window.location.search
      : (this.region.dataset.show ?? "/notifications/");
    words.append(link);
    this.region.replaceChildren(words);
    this.region.classList.add("app-live--shown");
  }
}

function showUnread(unread: number): void {
  for (const badge of document.querySelectorAll<HTMLElement>("[data-unread-badge]")) {
    badge.hidden = unread === 0;
    const seen = badge.querySelector("[data-unread-seen]");
    const said = badge.querySelector("[data-unread-said]");
    if (seen) seen.textContent = badgeWords(unread);
    if (said) said.textContent = `(${unread} unread)`;
  }
}

export function startLive(): void {
  const region = document.querySelector<HTMLElement>("[data-live-region]");
  if (!region || !("WebSocket" in window)) return;
  const inbox = new Inbox(region);
  inbox.connect();
  window.addEventListener("online", () => inbox.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") inbox.hurry();
  });
}
