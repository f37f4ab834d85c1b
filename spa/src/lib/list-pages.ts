/** Brings a list that was loaded before up to date, with few requests. */

import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";

import { isFinished, type Task, type TaskPage } from "@client";

/** A page of a list, and when the API gave it; 0 if it is to be asked for again. */
export type ListPage = TaskPage & { readAt?: number };

export type ListData = InfiniteData<ListPage, string>;

/** The addresses of pictures are valid for 60 s. */
const STALE_MS = 50_000;

export const isOpen = ({ results }: TaskPage) => !results.every(isFinished);

/** How many results one request asks for, after the first one. */
export const LATER_SIZE = 96;

/** How many requests bring a list up to date: only its first page can get new photos. */
export const countRequests = (pages: readonly ListPage[]) =>
  pages
    .filter((page, i) => i === 0 || mustAsk(page))
    .reduce((sum, { results }) => sum + Math.max(Math.ceil(results.length / LATER_SIZE), 1), 0);

const mustAsk = (page: ListPage) => page.readAt === 0 || isOpen(page);

/** A page after the first one that needs no request, because nobody waits for news of it. */
export function findKept(page: ListPage | undefined, pageParam: string): ListPage | undefined {
  return page && pageParam !== "" && !mustAsk(page) ? page : undefined;
}

export function findPage(
  client: QueryClient,
  queryKey: QueryKey,
  pageParam: string,
): ListPage | undefined {
  const data = client.getQueryData<ListData>(queryKey);
  return data?.pages[data.pageParams.indexOf(pageParam)];
}

/**
 * Read a page again so that it ends where it ended before: the pages after it then stay as they
 * are, whatever was sent or deleted meanwhile.
 *
 * @param read Asks the API for the page at a cursor.
 */
export async function readAgain(
  known: TaskPage,
  pageParam: string,
  read: (cursor: string) => Promise<TaskPage>,
): Promise<TaskPage> {
  let page = await read(pageParam);
  const last = known.results.at(-1);
  if (!known.nextCursor || !last) return page;
  const isMissed = ({ createdAt }: Task) => createdAt > last.createdAt;
  while (page.nextCursor && page.results.every(isMissed)) {
    const more = await read(page.nextCursor);
    page = { ...page, results: [...page.results, ...more.results], nextCursor: more.nextCursor };
  }
  if (!page.nextCursor) return page;
  const end = page.results.findIndex(({ taskId }) => taskId === last.taskId);
  const results = end < 0 ? page.results.filter(isMissed) : page.results.slice(0, end + 1);
  return { ...page, results, nextCursor: known.nextCursor };
}

/** Let the next refetch of these lists ask for the pages that `isWanted` chooses. */
export function askAgain(
  client: QueryClient,
  queryKey: QueryKey,
  isWanted: (page: ListPage) => boolean,
): void {
  client.setQueriesData<ListData>(
    { queryKey },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => (isWanted(page) ? { ...page, readAt: 0 } : page)),
      },
  );
}

/** Whether a page shows some of these tasks. */
export const shows = ({ results }: TaskPage, taskIds: ReadonlySet<string>) =>
  results.some(({ taskId }) => taskIds.has(taskId));

/**
 * Whether a page was read so long ago that other browsers may have changed it. A page that is to be
 * asked for again already is not.
 */
export const isOld = ({ readAt = 0 }: ListPage, now = Date.now()) =>
  readAt > 0 && now - readAt > STALE_MS;
