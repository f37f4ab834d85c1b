/** Settings that differ between environments. Read at run time, so one build serves all. */
export type AppConfig = {
  apiUrl: string;
  userPoolId: string;
  userPoolClientId: string;
  /** Set only if Cognito is not at its AWS address, as on the local system. */
  userPoolEndpoint?: string;
  /** Whether the operators offer Amazon Rekognition. */
  offersRekognition?: boolean;
};

export async function loadConfig(): Promise<AppConfig> {
  const response = await fetch("/config.json", { credentials: "same-origin" });
  if (!response.ok) throw new Error(`config.json answered ${response.status}`);
  return parseConfig(await response.json());
}

/** @throws Error that names the missing setting. */
export function parseConfig(value: unknown): AppConfig {
  const fields = typeof value === "object" && value !== null ? value : {};
  const read = (name: keyof AppConfig) => {
    const field: unknown = Reflect.get(fields, name);
    return typeof field === "string" && field !== "" ? field : undefined;
  };
  const require = (name: keyof AppConfig) => {
    const field = read(name);
    if (field === undefined) throw new Error(`config.json has no ${name}`);
    return field;
  };
  const userPoolEndpoint = read("userPoolEndpoint");
  return {
    apiUrl: require("apiUrl").replace(/\/$/, ""),
    userPoolId: require("userPoolId"),
    userPoolClientId: require("userPoolClientId"),
    ...(userPoolEndpoint && { userPoolEndpoint }),
    ...(Reflect.get(fields, "offersRekognition") === true && { offersRekognition: true }),
  };
}
