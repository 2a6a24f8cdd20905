import { commandLine, quoted, rewrapCommand } from '../../lambda/core/model/command-line.ts';

/** A command that somebody may run next, exactly as it is printed, and what it is good for. */
export interface NextStep {
  readonly command: string;
  readonly why: string;
}

/** What the caller has said about where the deployment is. A command that is to be run next says it again. */
export interface Here {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  /** Absent where it is what a command would take anyway. */
  readonly deployment?: string;
}

const OPTIONS = {
  endpoint: '--endpoint-url',
  region: '--region',
  profile: '--profile',
  deployment: '--deployment',
} as const;

/** A command of this command line, with everything that it needs to mean the same deployment. */
export function rewrapStep(words: readonly string[], why: string, here: Here): NextStep {
  const options = (Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]).flatMap(name => {
    const value = here[name];
    return value === undefined ? [] : [OPTIONS[name], value];
  });
  return { command: rewrapCommand([...words, ...options]), why };
}

/** Deploys the jobs of the folder. The CDK has no option for an endpoint; it reads the environment. */
export function deployStep(why: string, { endpoint, profile }: Here): NextStep {
  const command = ['npx', 'cdk', 'deploy', '--all', ...(profile === undefined ? [] : ['--profile', profile])];
  const first = endpoint === undefined ? [] : [`AWS_ENDPOINT_URL=${quoted(endpoint)}`];
  return { command: [...first, commandLine(command)].join(' '), why };
}

/** The last lines of a text. Each can be copied as it stands: what follows `#` is nothing to a shell. */
export function stepsText(steps: readonly NextStep[]): string {
  if (steps.length === 0) return '';
  return ['', '', 'Next:', ...steps.map(({ command, why }) => `  ${command}   # ${why}`)].join('\n');
}
