import { Button } from "@mantine/core";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation } from "react-router";

import { ExportLink } from "@/components/export-link";
import { SpotIcon } from "@/components/icons";
import { Notice } from "@/components/notice";
import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { useDelete } from "@/components/use-delete";
import { useTranslation } from "@/lib/i18n";

import { DayScrubber } from "./day-scrubber";
import { Filters } from "./filters";
import classes from "./history-page.module.css";
import { Loading, MorePages } from "./more-pages";
import { NameSelected } from "./name-selected";
import { SelectionBar } from "./selection-bar";
import { TaskRows } from "./task-rows";
import { useFilter } from "./use-filter";
import { type Filter, useHistory } from "./use-history";
import { useSelection } from "./use-selection";
import { WordChips } from "./word-chips";

type History = ReturnType<typeof useHistory>;

const NO_FILTER: Filter = { status: null, label: "", until: "" };

const chooses = ({ status, label, until }: Filter) =>
  status !== null || label !== "" || until !== "";

export function HistoryPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useFilter();
  const [seenAt, setSeenAt] = useState<string>();
  const history = useHistory(filter);
  const { tasks } = history;
  const selection = useSelection(useMemo(() => tasks.map(({ taskId }) => taskId), [tasks]));
  const { pathname, search } = useLocation();
  const from = pathname + search;
  const deleteTasks = useDelete();
  const isFiltered = chooses(filter);
  useTopOfDay(filter.until);

  return (
    <Page
      title={t("history.title")}
      lead={t("history.lead")}
      actions={
        // They keep their room until there are photos, so that nothing moves.
        <div className={classes.actions} data-hidden={tasks.length === 0 && !isFiltered}>
          <Button component={Link} to="/history/doubles" variant="default">
            {t("doubles.link")}
          </Button>
          <ExportLink search={history.search} />
        </div>
      }
    >
      <Notice />
      <Filters filter={filter} onChange={setFilter} words={history.words} />
      <WordChips
        words={history.words}
        chosen={history.searchedName}
        onChoose={(label) => {
          setFilter({ ...filter, label });
        }}
      />
      <SearchState history={history} />
      <SelectionBar
        selection={selection}
        total={history.hasNextPage ? undefined : tasks.length}
        loadAll={history.loadAll}
        onDelete={() => {
          deleteTasks(selection.selected);
          selection.clear();
        }}
      >
        <NameSelected
          tasks={tasks.filter(({ taskId }) => selection.has(taskId))}
          onDone={selection.clear}
        />
      </SelectionBar>
      <div className={classes.list}>
        {/* Before the photos: by keyboard it is reached first. */}
        <DayScrubber
          seenAt={seenAt}
          onJump={(until) => {
            if (until === filter.until) scrollTo({ top: 0 });
            else setFilter({ ...filter, until });
          }}
        />
        {tasks.length > 0 && (
          <TaskRows
            tasks={tasks}
            hasMore={history.hasNextPage && !history.isFetchNextPageError}
            selection={selection}
            place={{ list: history.list, from }}
            onSeen={setSeenAt}
            onRest={history.refresh}
          />
        )}
        <EndOfList
          history={history}
          isFiltered={isFiltered}
          onReset={() => {
            setFilter(NO_FILTER);
          }}
        />
      </div>
    </Page>
  );
}

/** Another day starts at its newest photo, but not before that day is shown. */
function useTopOfDay(until: string) {
  const shown = useRef(until);
  useLayoutEffect(() => {
    if (shown.current !== until) scrollTo({ top: 0 });
    shown.current = until;
  }, [until]);
}

/** Shows how much of the history a search has read, so "no matches" never comes too early. */
function SearchState({ history: { found, hasNextPage, isPending } }: { history: History }) {
  const { t } = useTranslation();
  return (
    <p className={classes.search} role="status">
      {found !== undefined &&
        !isPending &&
        t(hasNextPage ? "history.foundSoFar" : "history.found", { found })}
    </p>
  );
}

type EndProps = { history: History; isFiltered: boolean; onReset: () => void };

/** What comes after the photos: more of them, or why there are none. */
function EndOfList({ history, isFiltered, onReset }: EndProps) {
  const problem = useProblem(history);
  const isEmpty = history.isSuccess && history.tasks.length === 0 && !history.hasNextPage;
  // What was there on an earlier visit says nothing about now: photos were sent in between.
  const isOld = history.isFetching && !history.isFetchedAfterMount;
  const isWaiting = history.isPending || (isEmpty && isOld);
  return (
    <>
      {isEmpty && !isOld && <Empty isFiltered={isFiltered} onReset={onReset} />}
      <Problem error={problem} onRetry={history.retry} />
      {isWaiting ? (
        <FirstPage isLoading={history.isFetching} />
      ) : (
        <MorePages key={history.tasks.length} list={history} />
      )}
    </>
  );
}

/** The place of the first photos. */
function FirstPage({ isLoading }: { isLoading: boolean }) {
  return (
    <div className={classes.first} role="status" data-grows>
      {isLoading && <Loading />}
    </div>
  );
}

function Empty({ isFiltered, onReset }: { isFiltered: boolean; onReset: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.empty}>
      <SpotIcon size={64} />
      <h2>{t(isFiltered ? "history.noMatch" : "history.empty")}</h2>
      <p>{t(isFiltered ? "history.noMatchWhy" : "history.emptyWhy")}</p>
      {isFiltered ? (
        <Button variant="default" onClick={onReset}>
          {t("history.reset")}
        </Button>
      ) : (
        <Button component={Link} to="/" size="md">
          {t("history.invite")}
        </Button>
      )}
    </div>
  );
}
