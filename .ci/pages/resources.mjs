// Describes in words the resources that a template's statements name: "tables of the jobs" instead of an ARN with tokens.
import { ASSUMED, KEYS } from './permission-jobs.mjs';

/** Each kind of resource that a statement may name: its family, its words, and the patterns that recognise it. */
const kind = (family, words, ...patterns) => ({ family, words, patterns });
const table = name => new RegExp(`^arn:aws:dynamodb:[^:]+:\\d+:table/${name}$`);
const bucket = name => new RegExp(`^arn:aws:s3:::${name}$`);
const objects = name => new RegExp(`^arn:aws:s3:::${name}/a/b\\*$`);
const exactly = text => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
const keys = (...arns) => arns.map(exactly);

const KINDS = [
  kind('keys', 'source keys', ...keys(KEYS.source)),
  kind(
    'keys',
    'source keys that a job names by an alias (any key of that account and Region, while it bears the alias)',
    /^arn:aws:kms:[^:]+:\d+:key\/\*$/,
  ),
  kind('keys', 'multi-Region source keys', ...keys(KEYS.multiSource)),
  kind(
    'keys',
    "replicas of multi-Region source keys in the destination's Region",
    ...keys(KEYS.multiReplica),
  ),
  kind(
    'keys',
    'source keys of jobs that may take the route `decrypt-encrypt`',
    ...keys(KEYS.plaintextSource),
  ),
  kind('keys', 'destination keys', ...keys(KEYS.destination, KEYS.destinationThere)),
  kind(
    'keys',
    'destination keys of jobs that may take the route `decrypt-encrypt`',
    ...keys(KEYS.plaintextDestination),
  ),
  kind('keys', 'bridge keys', ...keys(KEYS.bridge)),
  kind('keys', 'replicas of bridge keys', ...keys(KEYS.bridgeReplica)),
  kind('encryption keys', 'the `serverSideEncryptionKey` of a table', ...keys(KEYS.tableEncryption)),
  kind('encryption keys', 'the `serverSideEncryptionKey` of a bucket', ...keys(KEYS.bucketEncryption)),
  kind('tables', 'tables that are not copied', table('plain')),
  kind('tables', 'tables whose `scope` names an index', table('indexed')),
  kind('tables', 'tables whose format is `branch-key-store`', table('guarded')),
  kind('tables', 'tables whose stream is followed', table('followed')),
  kind('tables', 'tables with a `copyTo`', table('copied'), table('copied-whole')),
  kind('tables', 'tables that a `copyTo` names', table('copy')),
  kind('tables', 'tables that a `copyTo` with `createMissing` names', table('made')),
  kind('streams', 'streams that a job follows', table('followed/stream/.+')),
  kind('indexes', 'the index that a `scope` names', table('indexed/index/sparse')),
  kind('buckets', 'buckets that are not copied', bucket('plain'), bucket('tagged')),
  kind(
    'buckets',
    'buckets of whose objects all versions are read',
    bucket('versioned'),
    bucket('annotated-versions'),
  ),
  kind('buckets', 'buckets with data keys in annotations', bucket('annotated')),
  kind('buckets', 'buckets that are followed', bucket('followed')),
  kind('buckets', 'buckets with a `copyTo`', bucket('copied'), bucket('copied-whole')),
  kind('buckets', 'buckets that a `copyTo` names', bucket('copy')),
  kind(
    'buckets',
    'buckets that a `copyTo` with `createMissing`, but without a key of its own, names',
    bucket('made'),
  ),
  kind('objects', 'objects under the prefix of buckets that are not copied', objects('plain')),
  kind('objects', 'objects under the prefix whose encryption contexts are made of tags', objects('tagged')),
  kind('objects', 'objects under the prefix of which all versions are read', objects('versioned')),
  kind('objects', 'objects under the prefix with data keys in annotations', objects('annotated')),
  kind(
    'objects',
    'objects under the prefix with data keys in annotations, of which all versions are read',
    objects('annotated-versions'),
  ),
  kind('objects', 'objects under the prefix of buckets that are followed', objects('followed')),
  kind(
    'objects',
    'objects under the prefix of buckets with a `copyTo`',
    objects('copied'),
    objects('copied-whole'),
  ),
  kind(
    'objects',
    'objects under the prefix of buckets that a `copyTo` names',
    objects('copy'),
    objects('made'),
  ),
  kind('roles', 'the role that a store names', exactly(ASSUMED)),
  kind('ledger', 'the ledger', /^<LedgerTable\w+>$/),
  kind('run bucket', 'the run bucket', /^<RunBucket\w+>$/),
  kind('run bucket', '`runs/*` in the run bucket', /^(arn:<AWS::Partition>:s3:::)?<RunBucket\w+>\/runs\/\*$/),
  kind('journal', 'the journal bucket', /^<JournalBucket\w+>$/),
  kind('journal', '`intents/*` in the journal bucket', /^<JournalBucket\w+>\/intents\/\*$/),
  kind('journal', '`outcomes/*` in the journal bucket', /^<JournalBucket\w+>\/outcomes\/\*$/),
  kind('journal', '`unproven/*` in the journal bucket', /^<JournalBucket\w+>\/unproven\/\*$/),
  kind('log group', 'its own log group', /^<Functions\w+Logs\w+>$/),
  kind('event bus', 'the default event bus', /:event-bus\/default$/),
  kind('queue', 'the dead-letter queue of the schedules', /^<SchedulesUndelivered\w+>$/),
  kind('written', 'the queue of what is written to followed buckets', /^<FollowWritten\w+>$/),
  kind('given up', 'the queue of what followers have given up', /^<FollowGivenUp\w+>$/),
  kind('functions', 'the functions above', /^<Functions[A-Z]\w+>$/),
  kind('state machine', 'the state machine', /^<PipelineStateMachine\w+>$/),
  kind('executions', 'executions of the state machine', /^arn:aws:states:[^/]*:execution:.*[^/*]:\*$/),
  kind('executions', 'executions of its maps', /^arn:aws:states:[^/]*:execution:.*\/\*:\*$/),
  kind('everything', 'every resource', /^\*$/),
];

/** Words that stand for several kinds together, the widest first. */
const TOGETHER = [
  ['all tables of the jobs', ...wordsOf('tables')],
  [
    'tables of the jobs',
    'tables that are not copied',
    'tables whose `scope` names an index',
    'tables whose format is `branch-key-store`',
    'tables whose stream is followed',
    'tables with a `copyTo`',
  ],
  ['tables that the jobs write to', ...wordsOf('tables').filter(words => words !== 'tables with a `copyTo`')],
  [
    'tables that a `copyTo` names',
    'tables that a `copyTo` names',
    'tables that a `copyTo` with `createMissing` names',
  ],
  [
    'tables that are not copied',
    'tables that are not copied',
    'tables whose format is `branch-key-store`',
    'tables whose stream is followed',
  ],
  ['tables that are not copied', 'tables that are not copied', 'tables whose stream is followed'],
  ['all buckets of the jobs', ...wordsOf('buckets')],
  [
    'buckets that the jobs write to',
    ...wordsOf('buckets').filter(words => words !== 'buckets with a `copyTo`' && isMoved(words)),
  ],
  [
    'buckets that are not copied',
    'buckets that are not copied',
    'buckets of whose objects all versions are read',
  ],
  [
    'buckets that a `copyTo` names',
    'buckets that a `copyTo` names',
    'buckets that a `copyTo` with `createMissing`, but without a key of its own, names',
  ],
  ['objects under the prefix of all buckets of the jobs', ...wordsOf('objects')],
  [
    'objects under the prefix of all buckets whose data keys runs move',
    ...wordsOf('objects').filter(isMoved),
  ],
  [
    'objects under the prefix of buckets that the jobs write to',
    ...wordsOf('objects').filter(words => !words.includes('with a `copyTo`') && isMoved(words)),
  ],
  [
    'objects under the prefix with data keys in annotations',
    'objects under the prefix with data keys in annotations',
    'objects under the prefix with data keys in annotations, of which all versions are read',
  ],
  [
    'objects under the prefix of which all versions are read',
    'objects under the prefix of which all versions are read',
    'objects under the prefix with data keys in annotations, of which all versions are read',
  ],
  ['all keys of the jobs', ...wordsOf('keys')],
  [
    '`intents/*`, `outcomes/*` and `unproven/*` in the journal bucket',
    '`intents/*` in the journal bucket',
    '`outcomes/*` in the journal bucket',
    '`unproven/*` in the journal bucket',
  ],
  [
    '`intents/*` and `outcomes/*` in the journal bucket',
    '`intents/*` in the journal bucket',
    '`outcomes/*` in the journal bucket',
  ],
  [
    'destination keys',
    'destination keys',
    'destination keys of jobs that may take the route `decrypt-encrypt`',
  ],
];

/** Data keys in annotations are counted. */
function isMoved(words) {
  return !words.includes('with data keys in annotations');
}

function wordsOf(family) {
  return KINDS.filter(one => one.family === family).map(({ words }) => words);
}

/** The kind of a resource that a statement names. Throws if there are no words for the resource. */
export function kindOf(resource) {
  const name = textOf(resource);
  const found = KINDS.find(({ patterns }) => patterns.some(pattern => pattern.test(name)));
  if (found === undefined) throw new Error(`${name} has no words: give it some in .ci/pages/resources.mjs`);
  return found;
}

/** Describes some kinds in words, in a fixed order. */
export function inWords(kinds) {
  const left = new Set(kinds);
  const together = TOGETHER.flatMap(([words, ...parts]) => {
    if (!parts.every(part => left.has(part))) return [];
    for (const part of parts) left.delete(part);
    return [words];
  });
  const all = [...together, ...KINDS.map(({ words }) => words).filter(words => left.has(words))];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** A resource as text, with references as `<Name>`. */
function textOf(resource) {
  if (typeof resource === 'string') return resource;
  const [[call, operand]] = Object.entries(resource);
  switch (call) {
    case 'Ref':
      return `<${operand}>`;
    case 'Fn::GetAtt':
      return `<${operand[0]}>`;
    case 'Fn::Join':
      return operand[1].map(textOf).join(operand[0]);
    case 'Fn::Select':
      return textOf(operand[1]['Fn::Split'][1]);
    default:
      throw new Error(`no text for ${JSON.stringify(resource)}`);
  }
}
