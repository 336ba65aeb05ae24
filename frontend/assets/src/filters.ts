/** On a phone, folds the filters away behind a button that says how many are chosen. */

export function toggleWords(shown: boolean, chosen: number): string {
  const verb = shown ? "Hide filters" : "Show filters";
  return chosen > 0 ? `${verb} (${chosen} chosen)` : verb;
}

export function startFilters(root: Document = document): void {
  const narrow = window.matchMedia("(max-width: 48.0525em)");
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-filters-toggle]")) {
    const panel = root.getElementById(button.getAttribute("aria-controls") ?? "");
    if (!panel) continue;
    const chosen = panel.querySelectorAll(".moj-filter__tag").length;
    const show = (shown: boolean): void => {
      panel.hidden = !shown;
      button.setAttribute("aria-expanded", String(shown));
      button.textContent = toggleWords(shown, chosen);
    };
    const settle = (): void => {
      button.hidden = !narrow.matches;
      show(!narrow.matches);
    };
    button.addEventListener("click", () => show(panel.hidden === true));
    narrow.addEventListener("change", settle);
    settle();
  }
}
