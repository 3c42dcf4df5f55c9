const secretValue =
  /((?<![\w-])["']?(?:secret|password|token|private_key|secret_access_key|session_token)["']?\s*:\s*)("[^"\n]*"|'[^'\n]*'|\$\{[^}\n]*\}|[^\s,}#{[&|>][^\s,}]*)/gi;
const passwordInUrl = /(:\/\/[^\s/:@]*:)([^\s@/]+)(?=@)/g;

/**
 * A YAML text to be shown to people, with stars for secrets that somebody wrote into it. What is filled in from the
 * environment stays as it is written. Every character keeps its place.
 *
 * ```ts
 * maskSecrets('s3: { secret_access_key: abc }'); // 's3: { secret_access_key: *** }'
 * ```
 */
export function maskSecrets(yaml: string): string {
  const stars = (whole: string, before: string, value: string) =>
    /^["']?\$\{[^}]*\}["']?$/.test(value) ? whole : before + '*'.repeat(value.length);
  return yaml.replace(secretValue, stars).replace(passwordInUrl, stars);
}
