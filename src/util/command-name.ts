/** What a person types to run this command: through npx where they did so, since it may be nowhere else. */
export function commandName(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.npm_command === 'exec' ? 'npx etl' : 'etl';
}
