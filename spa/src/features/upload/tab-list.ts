/** Read a list that this tab has stored, also before a reload. */
export function readList(key: string): unknown[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  return Array.isArray(stored) ? stored : [];
}

export function storeList(key: string, list: readonly unknown[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(list));
  } catch {
    // The storage is full: a reload then forgets the list. No upload stops for it.
  }
}
