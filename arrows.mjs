/**
 * The arrows of the house: what each room may import, types included. `.dependency-cruiser.mjs` makes the linter's rules of
 * it, and `npm run docs` prints it into docs/architecture.md.
 *
 * A room may import itself and the rooms that its line names. All of these stand above it, so that no two rooms import
 * each other.
 */

/** What has no clock, no network, no files and no chance in it. Of each module of Node, eslint.config.mjs says which names. */
const PURE = ['node:buffer', 'node:crypto', 'node:util', 'node:zlib', 'fastest-levenshtein', 'p-map', 'zod'];

const core = (name, ...imports) => ({
  room: `core/${name}`,
  files: name.endsWith('.ts') ? `^lambda/core/${name.replace('.', '\\.')}$` : `^lambda/core/${name}/`,
  imports: imports.map(one => `core/${one}`),
  outside: PURE,
});

const adapters = (name, imports = [], outside = []) => ({
  room: `adapters/${name}`,
  files: `^lambda/adapters/${name}/`,
  imports: ['core/*', ...imports.map(one => `adapters/${one}`)],
  outside: ['node:*', '@aws-sdk/*', 'p-map', ...outside],
});

const cli = (name, imports = [], outside = []) => ({
  room: `cli/${name}`,
  files: `^cli/${name}/`,
  imports,
  outside: ['node:*', ...outside],
});

const ALONE = 'The emulator imports nothing of ours, so that it cannot share our mistakes.';
const service = (name, imports = [], outside = []) => ({
  room: `emulator/${name}`,
  files: `^emulator/${name}/`,
  imports: imports.map(one => `emulator/${one}`),
  outside: ['node:*', ...outside],
  because: ALONE,
});

/** `outside`: packages and modules of Node; `node:*` is all of these. `because`: what the linter says instead of a cure. */
export const ROOMS = [
  core('model'),
  { ...core('documents', 'model'), outside: [...PURE, 'yaml'] },
  core('places', 'model', 'documents'),
  core('schema', 'model'),
  core('evidence', 'model', 'schema'),
  core('look-alikes', 'model', 'places'),
  core('recognise', 'model', 'places', 'look-alikes'),
  core('ports.ts', 'model'),
  core('keys', 'model', 'ports.ts'),
  core('stores', 'model', 'places', 'schema'),
  core('routes', 'model', 'schema', 'ports.ts', 'keys'),
  core('job', 'model', 'places', 'schema', 'stores', 'routes'),
  core('verdict', 'model', 'stores'),
  core('rate', 'model', 'ports.ts'),
  core('lock', 'model', 'stores'),
  core('scan', 'model', 'places', 'look-alikes', 'ports.ts', 'stores', 'job'),
  core('reencrypt', 'model', 'ports.ts', 'keys', 'routes', 'scan'),
  core('change', 'model', 'places', 'ports.ts', 'keys', 'scan', 'reencrypt'),
  core('journal', 'model', 'places', 'schema', 'stores', 'scan', 'reencrypt', 'change'),
  core('account', 'model', 'ports.ts', 'stores', 'rate', 'lock', 'scan', 'journal'),
  core('earlier', 'model', 'ports.ts', 'keys', 'scan', 'reencrypt', 'journal', 'account'),
  core('write', 'model', 'places', 'ports.ts', 'keys', 'scan', 'change', 'journal'),
  core(
    'migrate-unit.ts',
    'model',
    'ports.ts',
    'routes',
    'scan',
    'reencrypt',
    'change',
    'journal',
    'account',
    'earlier',
    'write',
  ),
  core('rewrap-records.ts', 'model', 'ports.ts', ...['scan', 'reencrypt', 'change', 'write']),
  core('verify', 'model', 'ports.ts', 'keys', 'stores', 'scan', 'reencrypt', 'journal', 'account', 'earlier'),
  core('rollback', 'model', 'places', 'ports.ts', 'scan', 'change', 'journal', 'account'),
  core('proof', 'model', 'stores', 'verdict'),
  {
    ...core(
      'report',
      'model',
      'evidence',
      'ports.ts',
      'stores',
      'verdict',
      'rate',
      'lock',
      'account',
      'proof',
    ),
    outside: [...PURE, 'd3-scale'],
  },
  core(
    'plan',
    'model',
    'places',
    'schema',
    'look-alikes',
    'recognise',
    'ports.ts',
    'keys',
    'stores',
    'routes',
    'job',
    'rate',
    'lock',
    'scan',
    'reencrypt',
    'proof',
  ),
  core(
    'follow',
    ...['model', 'places', 'schema', 'ports.ts', 'stores', 'job', 'lock', 'scan', 'reencrypt', 'change'],
    ...['journal', 'write', 'proof', 'plan'],
  ),
  { ...core('watch', 'model', 'stores', 'job', 'plan', 'follow'), outside: [...PURE, 'croner'] },
  core('key-users', 'model', 'schema'),
  core('pack', 'model', 'evidence', 'key-users'),
  core('retire', 'model', 'keys', 'stores', 'job', 'verdict', 'proof', 'key-users'),
  core('discover', 'model', 'stores', 'recognise', 'key-users'),
  {
    room: 'formats',
    files: '^lambda/formats/',
    imports: ['core/model', 'core/schema', 'core/documents', 'core/places', 'core/recognise'],
    outside: PURE,
  },
  adapters('aws', [], ['@smithy/*', 'https-proxy-agent', 'proxy-from-env']),
  adapters('records', ['aws']),
  adapters('kms', ['aws']),
  adapters('dynamodb', ['aws', 'records']),
  adapters('s3', ['aws', 'records'], ['@smithy/*']),
  adapters('stores', ['aws', 'records', 'dynamodb', 's3']),
  adapters('files'),
  adapters('state', ['aws']),
  adapters('trail', ['aws', 's3']),
  adapters('journal', ['aws']),
  adapters('run', ['aws', 's3', 'state'], ['@aws-lambda-powertools/*']),
  {
    room: 'handlers',
    files: '^lambda/handlers/',
    imports: ['core/*', 'formats', 'adapters/*'],
    outside: ['node:*', '@types/aws-lambda'],
  },
  {
    room: 'lib/jobs',
    files: '^lib/jobs/',
    imports: ['core/model', 'core/stores', 'core/routes', 'core/job', 'formats'],
    outside: ['node:*', 'jsonc-parser'],
  },
  {
    room: 'lib/grants',
    files: '^lib/(grants|keys|stores)/',
    imports: ['core/model', 'core/stores', 'core/routes', 'core/job', 'formats', 'lib/jobs'],
    outside: [],
  },
  {
    room: 'lib',
    files: '^lib/(?!(jobs|grants|keys|stores)/)',
    imports: [...['core/model', 'core/stores', 'core/job', 'handlers'], ...['lib/jobs', 'lib/grants']],
    outside: ['node:*', 'aws-cdk-lib', 'constructs', 'esbuild'],
  },
  {
    room: 'examples',
    files: '^examples/',
    imports: [],
    outside: ['node:*', '@aws-sdk/*', 'p-map'],
    because: 'The sample application imports nothing of ours: it is whoever wrote the data.',
  },
  cli('next-steps', ['core/*']),
  cli('context', ['core/*', 'adapters/*', 'cli/next-steps'], ['log-update', '@clack/prompts']),
  cli('embedded'),
  cli(
    'deployment',
    ['core/*', 'adapters/*', 'lib/jobs', 'lib/grants', 'cli/context'],
    ['fastest-levenshtein'],
  ),
  cli('render', ['core/*', 'adapters/*', 'cli/deployment'], ['cli-table3', 'csv-stringify', 'picocolors']),
  cli('follow', ['core/*', 'adapters/*', 'cli/next-steps', 'cli/context', 'cli/deployment', 'cli/render']),
  cli(
    'demos',
    [
      'core/*',
      'adapters/*',
      'examples',
      ...['next-steps', 'context', 'embedded', 'deployment', 'render', 'follow'].map(one => `cli/${one}`),
    ],
    ['picocolors'],
  ),
  cli('commands', ['core/*', 'formats', 'adapters/*', 'lib/jobs', 'examples', 'cli/*']),
  // For the version.
  { room: 'package.json', files: '^package\\.json$', imports: [], outside: [] },
  {
    room: 'cli',
    files: '^cli/[^/]+$',
    imports: ['core/*', 'adapters/*', 'lib/jobs', 'cli/*', 'package.json'],
    outside: ['node:*', 'commander', '@bomb.sh/tab'],
  },
  {
    room: 'bin',
    files: '^bin/',
    imports: ['core/evidence', 'core/job', 'core/report', 'formats', 'lib', 'lib/jobs', 'cli'],
    outside: ['node:*', 'aws-cdk-lib', 'esbuild', 'tsx'],
  },
  service('protocol'),
  service('meter', ['protocol']),
  service('iam', ['protocol']),
  service('cloudwatch'),
  service('sns', ['iam']),
  service('sqs', ['iam']),
  service('sts', ['protocol']),
  service('ssm', ['protocol']),
  service('kms', ['protocol']),
  service('cloudtrail', ['protocol', 'kms']),
  service('s3', ['protocol'], ['fast-xml-parser']),
  service('s3control', ['protocol', 'iam', 's3']),
  service('dynamodb', ['protocol'], ['dynalite']),
  service('eventbridge', ['protocol', 'iam']),
  service('functions', ['protocol', 'meter', 'iam', 'sqs']),
  service('stepfunctions', ['protocol'], ['jsonata']),
  service('scheduler', ['protocol', 'iam']),
  service('cloudformation', [
    ...['protocol', 'iam', 'ssm', 'scheduler', 'cloudwatch', 'sns', 'sqs', 'eventbridge'],
    ...['functions', 'kms', 's3', 'stepfunctions'],
  ]),
  {
    room: 'emulator',
    files: '^emulator/[^/]+$',
    imports: ['emulator/*'],
    outside: ['node:*'],
    because: ALONE,
  },
  {
    room: 'bench/simulation',
    files: '^bench/simulation/',
    imports: ['core/model', 'core/stores', 'core/rate', 'core/account', 'core/plan'],
    outside: ['node:*'],
    because:
      'The simulation takes what it can from the product: how units are cut, pages sized and shares looked at.',
  },
  {
    room: 'bench',
    files: '^bench/(?!simulation/)',
    imports: ['emulator/*', 'emulator', 'cli/embedded', 'bench/simulation'],
    outside: ['node:*', '@aws-sdk/*', 'esbuild', 'p-map'],
    because:
      'The bench runs the product as it is deployed, and compares it with others: it imports none of its sources.',
  },
];

const CHECKERS = [
  ...['aws', 'application', 'checker', 'envelope', 'records', 'violations', 'watch', 'wire', 'weather'],
  ...['answers', 'conditions', 'director', 'eye', 'owner', 'places', 'situations'].map(
    name => `directed/${name}`,
  ),
];

/** Rooms of the tests, which the book does not print: all but this one may import whatever they test. */
export const TEST_ROOMS = [
  {
    room: 'checkers of test/faults',
    files: `^test/faults/(${CHECKERS.join('|')})\\.ts$`,
    imports: ['test', 'emulator/*', 'emulator'],
    outside: ['*'],
    because: 'What checks the product shares no code with it: read stores, journal and reports yourself.',
  },
  { room: 'test', files: '^test/', imports: ['*'], outside: ['*'] },
];
