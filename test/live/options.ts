import { parseArgs } from 'node:util';
import { ID } from './things/thing.ts';

/** The account that the embedded AWS has for everybody. */
export const EMBEDDED_ACCOUNT = '111122223333';

/** What somebody has asked for. */
export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'policy'; readonly account: string }
  | ({
      readonly kind: 'live';
      readonly dollars: number;
      readonly product: boolean;
      readonly json: boolean;
    } & Target)
  | ({ readonly kind: 'clean'; readonly id: string } & Target);

export interface Target {
  readonly account: string;
  readonly region: string;
  readonly secondRegion: string;
  /** In this process, and gone with it. */
  readonly embedded: boolean;
  /** Of an embedded AWS in another process. */
  readonly endpoint?: string;
  /** Folder of the ledgers. @default that of the checkout */
  readonly ledgers?: string;
}

export const HELP = `npm run test:live -- --account 111122223333 --at-most 2 [options]

Asks a real AWS account what AWS's documentation leaves open, deploys kms-rewrap there under a random name, runs it on a small
table and a small bucket, and removes everything. docs/live-test.md says what it makes, costs and leaves.

  --account NUMBER        the account; the credentials have to be of exactly that one
  --at-most DOLLARS       refuses if the worst cost is higher
  --region REGION         us-east-1 by default
  --second-region REGION  for replicas, eu-west-1 by default
  --questions             the questions alone, without the product
  --json                  the answers as JSON on standard output
  --clean ID              removes what a run has left that was killed
  --policy                prints the permissions that it needs
  --ledgers FOLDER        where runs are written down, .rewrap-live by default
  --embedded              the same on the embedded AWS: no account, no cost
  --endpoint-url URL      of an embedded AWS on loopback
`;

/** The names and policies of this test are those of the partition `aws`. */
const REGION = /^(?!cn-)[a-z]{2}-[a-z]+-\d$/;

const OPTIONS = {
  account: { type: 'string' },
  'at-most': { type: 'string' },
  region: { type: 'string', default: 'us-east-1' },
  'second-region': { type: 'string', default: 'eu-west-1' },
  questions: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  clean: { type: 'string' },
  ledgers: { type: 'string' },
  policy: { type: 'boolean', default: false },
  embedded: { type: 'boolean', default: false },
  'endpoint-url': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Nothing is done for anybody who does not name an account. */
export function askedBy(args: readonly string[]): Asked {
  const parsed = valuesOf(args);
  if ('why' in parsed) return refused(parsed.why);
  if (parsed.help) return { kind: 'help' };
  const { embedded, region, clean, 'second-region': secondRegion, 'endpoint-url': endpoint } = parsed;
  if (embedded && parsed.account !== undefined)
    return refused('--embedded has an account of its own: leave --account out');
  const account = embedded ? EMBEDDED_ACCOUNT : parsed.account;
  if (account === undefined) return refused('name the account: --account 111122223333, or --embedded');
  if (!/^\d{12}$/.test(account)) return refused(`--account has 12 digits, and not '${account}'`);
  if (parsed.policy) return { kind: 'policy', account };
  const notOne = [region, secondRegion].find(one => !REGION.test(one));
  if (notOne !== undefined) return refused(`'${notOne}' is no Region of the partition aws`);
  if (region === secondRegion) return refused('--region and --second-region have to differ');
  if (endpoint !== undefined && !isLoopback(endpoint))
    return refused(
      `--endpoint-url is of an embedded AWS on loopback, such as http://127.0.0.1:4566, and not '${endpoint}'`,
    );
  const target = {
    ...{ account, region, secondRegion, embedded },
    ...(endpoint !== undefined && { endpoint }),
    ...(parsed.ledgers !== undefined && { ledgers: parsed.ledgers }),
  };
  if (clean !== undefined && embedded)
    return refused('--embedded is gone when it ends, and leaves nothing to --clean');
  if (clean !== undefined)
    return ID.test(clean)
      ? { kind: 'clean', id: clean, ...target }
      : refused(`--clean takes the id of a run, and not '${clean}'`);
  const dollars = Number(parsed['at-most'] ?? (embedded ? 'Infinity' : 'NaN'));
  if (!(dollars > 0)) return refused('say what it may cost in US dollars: --at-most 2');
  return { kind: 'live', dollars, product: !parsed.questions, json: parsed.json, ...target };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    return { why: (error as Error).message };
  }
}

function refused(why: string): Asked {
  return { kind: 'refused', why };
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
