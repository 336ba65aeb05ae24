/** How long to wait before trying again: longer each time, never in step with everybody else. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

export function waitBeforeTry(tries: number, chance: number = Math.random()): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
  return Math.round(longest / 2 + (longest / 2) * chance);
}
