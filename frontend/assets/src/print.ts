/** Opens every closed detail before printing, so that nothing is missing on paper. */
export function startPrinting(root: Document = document): void {
  const opened: HTMLDetailsElement[] = [];
  window.addEventListener("beforeprint", () => {
    for (const details of root.querySelectorAll("details")) {
      if (!details.open) {
        details.open = true;
        opened.push(details);
      }
    }
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened.splice(0)) {
      details.open = false;
    }
  });
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-print-page]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
