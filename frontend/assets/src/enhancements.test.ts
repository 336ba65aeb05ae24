import { describe, expect, it } from "vitest";
import { waitBeforeTry } from "./backoff";
import { found, keep, shelfKey, worthKeeping, type Shelf } from "./draft";
import { toggleWords } from "./filters";
import { badgeWords, newItems, newItemsWords, readNudge, socketAddress } from "./live";
import { bytesOf, nameOf } from "./push";

function shelfOf(): Shelf & { size(): number } {
  const held = new Map<string, string>();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
    size: () => held.size,
  };
}

describe("waiting before another try", () => {
  it("grows and stops growing at a minute", () => {
    expect([0, 1, 2, 20].map((tries) => waitBeforeTry(tries, 1))).toEqual([1000, 2000, 4000, 60000]);
  });
  it("is never less than half of the longest wait", () => {
    expect(waitBeforeTry(3, 0)).toBe(4000);
  });
});

describe("a nudge", () => {
  it("is read from JSON and nothing else", () => {
    expect(readNudge('{"about":"visits/123","unread":3,"cursor":41}')).toEqual({
      about: "visits/123",
      unread: 3,
      cursor: 41,
    });
    expect(readNudge("not json")).toBeNull();
    expect(readNudge("[1]")).toBeNull();
    expect(readNudge("null")).toBeNull();
  });
  it("is asked for from the last one heard, over a safe connection when the page has one", () => {
    expect(socketAddress({ protocol: "https:", host: "example.org" }, 41)).toBe(
      "wss://example.org/ws/inbox/?since=41",
    );
    expect(socketAddress({ protocol: "http:", host: "localhost:8000" }, 0)).toBe(
      "ws://localhost:8000/ws/inbox/?since=0",
    );
  });
  it("counts what came since the page was drawn, and never nothing", () => {
    expect(newItems({ about: "visits/1", unread: 5 }, 3)).toBe(2);
    expect(newItems({ about: "visits/1", unread: 3 }, 3)).toBe(1);
    expect(newItems({ missed: true, count: 4, unread: 1 }, 0)).toBe(4);
  });
  it("is told in words", () => {
    expect(newItemsWords(1)).toBe("There is 1 new notification.");
    expect(newItemsWords(4)).toBe("There are 4 new notifications.");
    expect(badgeWords(100)).toBe("99+");
  });
});

describe("a draft on this device", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const key = shelfKey("7", "/visits/3/draft/");

  it("is found again after a reload", () => {
    const shelf = shelfOf();
    keep(shelf, key, { fields: [["words", "He smiled"]], savedAt: "2026-03-01T11:59:00Z" });
    expect(found(shelf, key, "", now)?.fields).toEqual([["words", "He smiled"]]);
  });
  it("gives way to a newer one on the server", () => {
    const shelf = shelfOf();
    keep(shelf, key, { fields: [["words", "old"]], savedAt: "2026-03-01T11:00:00Z" });
    expect(found(shelf, key, "2026-03-01T11:30:00Z", now)).toBeNull();
    expect(shelf.size()).toBe(0);
  });
  it("is forgotten after a week, or when it cannot be read", () => {
    const shelf = shelfOf();
    keep(shelf, key, { fields: [], savedAt: "2026-02-20T11:00:00Z" });
    expect(found(shelf, key, "", now)).toBeNull();
    shelf.setItem(key, "{broken");
    expect(found(shelf, key, "", now)).toBeNull();
    expect(shelf.size()).toBe(0);
  });
  it("belongs to one person", () => {
    expect(shelfKey("7", "/a/")).not.toBe(shelfKey("8", "/a/"));
  });
  it("never holds a password or a token", () => {
    expect(
      worthKeeping([
        ["csrfmiddlewaretoken", "x"],
        ["password", "x"],
        ["words", "kept"],
      ]),
    ).toEqual([["words", "kept"]]);
  });
  it("says when this device has no room", () => {
    const full: Shelf = {
      getItem: () => null,
      setItem: () => {
        throw new Error("full");
      },
      removeItem: () => undefined,
    };
    expect(keep(full, key, { fields: [], savedAt: now.toISOString() })).toBe(false);
  });
});

describe("the filters button", () => {
  it("says how many are chosen", () => {
    expect(toggleWords(false, 2)).toBe("Show filters (2 chosen)");
    expect(toggleWords(true, 0)).toBe("Hide filters");
  });
});

describe("a browser that is added", () => {
  it("reads the key as it is written in addresses", () => {
    expect([...bytesOf("BP-_")]).toEqual([4, 255, 191]);
  });

  it("is named as its person knows it", () => {
    expect(nameOf("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120")).toBe(
      "Edge on Windows",
    );
    expect(nameOf("Mozilla/5.0 (Android 14; Mobile) Gecko/130 Firefox/130")).toBe(
      "Firefox on Android",
    );
    expect(nameOf("")).toBe("A browser");
  });
});
