/** The settings of a deployment: the file deployment.json, committed beside the jobs. */
export interface DeploymentSettings {
  /** Name of its stacks: other deployments of the account have other names. */
  readonly name: string;
  /** Folder of job files, or one; relative to the settings file. */
  readonly jobs: string;
  /** What is left out has the strictest value that asks nothing of anybody (hardened-profile.ts). */
  readonly profile?: 'hardened';
  /** Jobs may take the route decrypt-encrypt. */
  readonly allowPlaintextRoute: boolean;
  /** Absent where the journal is kept for good. */
  readonly journalRetentionDays?: number;
  /** Absent where the journal has no Object Lock. */
  readonly journalObjectLock?: 'governance' | 'compliance';
  readonly workerTimeoutSeconds: number;
  /** Schedules of jobs may start runs. */
  readonly schedules: boolean;
  /** Whom alarms tell: e-mail addresses, https addresses, ARNs of queues and functions. */
  readonly notify: readonly string[];
  /** Whether CloudWatch gets a dashboard. */
  readonly dashboard: boolean;
  /** Whether state machine and functions send traces to X-Ray. */
  readonly tracing: boolean;
  /** Encrypts what the service itself stores: a key of the stack, or the one of this ARN. */
  readonly customerManagedKey: boolean | string;
  /** A key of the stack signs the evidence of each run. */
  readonly evidence: boolean;
  /** ARNs of those who may read old data keys in the journal, besides RollbackUnit. */
  readonly journalReaders: readonly string[];
  /** What an earlier deployment has left, by Region. */
  readonly takeOver?: Readonly<Record<string, TakeOver>>;
  /** How many managed policies a role may have. */
  readonly managedPoliciesPerRole: number;
}

/** Names of buckets and of a table that there are already. */
export interface TakeOver {
  /** The bucket of the journal. @default made anew */
  readonly journalBucket?: string;
  /** The bucket of plans and reports. @default made anew */
  readonly runBucket?: string;
  /** The table of the ledger. @default made anew */
  readonly ledgerTable?: string;
}

export const SETTINGS_FILE = 'deployment.json';
export const DEFAULT_DEPLOYMENT = 'KmsRewrap';

/** Where a stack's template carries the settings that it was deployed with, so that they can be compared. */
export const SETTINGS_METADATA = 'KmsRewrapSettings';

/** All but the folder of the jobs: the template carries the jobs themselves. ASCII alone, as settings are. */
export function settingsText({ jobs: _, ...settings }: DeploymentSettings): string {
  return JSON.stringify(settings);
}

/** What a stack was deployed with. */
export type DeployedSettings = Omit<DeploymentSettings, 'jobs'>;

/** What a template's metadata carries; `undefined` where an earlier version has written the template. */
export function settingsInText(text: unknown): DeployedSettings | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as DeployedSettings) : undefined;
}

const NAMES = [
  'profile',
  'allowPlaintextRoute',
  'journalRetentionDays',
  'journalObjectLock',
  'workerTimeoutSeconds',
  'schedules',
  'notify',
  'dashboard',
  'tracing',
  'customerManagedKey',
  'evidence',
  'journalReaders',
  'takeOver',
  'managedPoliciesPerRole',
] as const satisfies readonly (keyof DeployedSettings)[];

/** What the next deployment would change, a line for each setting. */
export function settingDifferences(file: DeployedSettings, deployed: DeployedSettings): readonly string[] {
  return NAMES.flatMap(name =>
    JSON.stringify(file[name]) === JSON.stringify(deployed[name])
      ? []
      : [
          `${name}: ${shown(file[name])} in the file, ${shown(deployed[name])} deployed${warning(name, file, deployed)}`,
        ],
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** What protects the journal is never given up without a word. */
function warning(name: (typeof NAMES)[number], file: DeployedSettings, deployed: DeployedSettings): string {
  const weaker =
    (name === 'journalObjectLock' && LOCKS.indexOf(file[name]) < LOCKS.indexOf(deployed[name])) ||
    (name === 'journalRetentionDays' &&
      (file[name] ?? Number.POSITIVE_INFINITY) < (deployed[name] ?? Number.POSITIVE_INFINITY));
  return weaker ? ' (the next deployment protects the journal less than this one)' : '';
}

const LOCKS: readonly unknown[] = [undefined, 'governance', 'compliance'];
