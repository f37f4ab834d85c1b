type CurlRequest = {
  method: string;
  url: string;
  token: string;
  json?: unknown;
  /** Sends a file as the body. */
  file?: { path: string; contentType: string };
};

/** Build a shell command. Every value is quoted, so none can break out of its argument. */
export function buildCurl({ method, url, token, json, file }: CurlRequest): string {
  const parts = [
    `curl -X ${method} ${quote(url)}`,
    `-H ${quote(`Authorization: Bearer ${token}`)}`,
  ];
  if (json !== undefined) {
    parts.push(
      `-H ${quote("Content-Type: application/json")}`,
      `-d ${quote(JSON.stringify(json))}`,
    );
  }
  if (file) {
    parts.push(`-H ${quote(`Content-Type: ${file.contentType}`)}`);
    parts.push(`--data-binary ${quote(`@${file.path}`)}`);
  }
  return parts.join(" \\\n  ");
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
