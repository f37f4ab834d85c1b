/** Where the router keeps how far each page of this tab is scrolled. */
export const SCROLL_POSITIONS = "spotter-scroll-positions";

/**
 * Let a page that is opened by its address start at its top.
 *
 * The router gives the first page of every load the same key. So it would scroll to where another
 * page was left. After a reload, and on the way back, the positions are right and stay.
 */
export function forgetScrollPositions(): void {
  const [load] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (load?.type === "navigate") sessionStorage.removeItem(SCROLL_POSITIONS);
}
