import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { buildCurl } from "./curl";

/** The arguments that a shell reads from the command, one a line. */
const runInShell = (command: string) =>
  execFileSync("sh", ["-c", `curl() { printf '%s\\n' "$@"; }; ${command}`], { encoding: "utf8" })
    .trimEnd()
    .split("\n");

test("a shell reads every value unchanged, quotes included", () => {
  const url = "https://api.test/results/1";
  const json = { fileName: "it's; echo $HOME.jpg" };

  const read = runInShell(buildCurl({ method: "POST", url, token: "a.b.c", json }));

  expect(read).toEqual([
    ...["-X", "POST", url, "-H", "Authorization: Bearer a.b.c"],
    ...["-H", "Content-Type: application/json", "-d", JSON.stringify(json)],
  ]);
});

test("a picture is sent unchanged", () => {
  const file = { path: "photo.jpg", contentType: "image/jpeg" };

  const read = runInShell(buildCurl({ method: "POST", url: "u", token: "t", file }));

  expect(read.slice(-3)).toEqual(["Content-Type: image/jpeg", "--data-binary", "@photo.jpg"]);
});
