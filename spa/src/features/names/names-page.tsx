import { TextInput } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";

import { Page } from "@/components/page";
import { useLabelWords, useTranslation } from "@/lib/i18n";
import { isStarted } from "@/lib/search-words";

import classes from "./names-page.module.css";
import { type Group, groupNames, loadVocabulary, type Name } from "./vocabulary";

const MOST_EXAMPLES = 4;

/** A list of all that the service can name. */
export function NamesPage() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const vocabulary = useVocabulary();
  const found = useFound(vocabulary, wanted);
  return (
    <Page title={t("names.title")} lead={t("names.lead", { count: vocabulary.length })}>
      <TextInput
        type="search"
        className={classes.search}
        aria-label={t("names.search")}
        placeholder={t("names.search")}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      <p className={classes.count} role="status">
        {wanted !== "" && t("names.found", { count: found.length })}
      </p>
      {wanted === "" ? <Groups names={vocabulary} /> : <List names={found} />}
    </Page>
  );
}

/** Sorted as the language of the page sorts its words. */
function useVocabulary(): Name[] {
  const { say, language } = useLabelWords();
  return useMemo(() => {
    const { compare } = new Intl.Collator(language);
    return loadVocabulary().sort((a, b) => compare(say(a.name), say(b.name)));
  }, [say, language]);
}

function useFound(vocabulary: Name[], wanted: string): Name[] {
  const { say } = useLabelWords();
  return useMemo(
    () =>
      vocabulary.filter(({ name, aliases }) =>
        [say(name), name, ...aliases].some((word) => isStarted(wanted, word)),
      ),
    [vocabulary, wanted, say],
  );
}

function Groups({ names }: { names: Name[] }) {
  const groups = useMemo(() => groupNames(names), [names]);
  return groups.map((group) => <OneGroup key={group.widest ?? ""} group={group} />);
}

function OneGroup({ group: { widest, names } }: { group: Group }) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className={classes.group}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <span className={classes.word}>{widest ? say(widest) : t("names.others")}</span>{" "}
        <span className={classes.size}>{names.length}</span>
        <span className={classes.why}>{useExamples(names.map(({ name }) => name))}</span>
      </summary>
      {isOpen && <List names={names} />}
    </details>
  );
}

function List({ names }: { names: Name[] }) {
  return (
    <ul className={classes.list}>
      {names.map((one) => (
        <Entry key={one.name} one={one} />
      ))}
    </ul>
  );
}

function Entry({ one: { name, aliases, parents, narrower } }: { one: Name }) {
  const { say, getLang } = useLabelWords();
  const examples = useExamples(narrower);
  return (
    <li>
      <span className={classes.word} lang={getLang(name)}>
        {say(name)}
      </span>
      {parents.length > 0 && <span className={classes.why}>{parents.map(say).join(" › ")}</span>}
      {narrower.length > 0 && <span className={classes.why}>{examples}</span>}
      {aliases.length > 0 && (
        <span className={classes.why} lang="en">
          {aliases.join(", ")}
        </span>
      )}
    </li>
  );
}

/** A few of the names, spread over all of them. */
function useExamples(names: readonly string[]): string {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const step = Math.max(1, Math.floor(names.length / MOST_EXAMPLES));
  const some = names.filter((_, i) => i % step === 0).slice(0, MOST_EXAMPLES);
  return t("names.examples", { names: some.map(say).join(", ") });
}
