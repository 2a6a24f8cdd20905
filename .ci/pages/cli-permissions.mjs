// What the person who runs a command of the CLI needs: the one place where this is written. `npm run test:permissions` runs each
// command as a user with these permissions and no other, and fails for one that no command needs.

const permit = (actions, on, why) => ({ actions, on, why });

/** Of every command. */
export const EVERY = [permit(['cloudformation:DescribeStacks'], 'stack', 'to find the deployment')];

export const COMMANDS = [
  {
    commands: ['status', 'watch', 'report'],
    permissions: [
      permit(['states:ListExecutions'], 'state machine', 'to list the runs'),
      permit(['states:DescribeExecution'], 'executions', 'to see whether a run is under way'),
      permit(['s3:GetObject'], 'run files', 'to read plans and reports'),
      permit(
        ['s3:ListBucket'],
        'run bucket',
        'without it, S3 answers 403 for a report that is not there yet',
      ),
      permit(
        ['dynamodb:Query'],
        'ledger',
        'to see how far a run is, who holds which store, and what is followed',
      ),
      permit(['dynamodb:GetItem'], 'ledger', 'to see whether a run is paused or stopping, and its rate'),
    ],
  },
  {
    commands: ['run', 'rollback'],
    permissions: [permit(['states:StartExecution'], 'state machine', 'to start a run')],
    like: ['status', 'watch', 'report'],
  },
  {
    commands: ['stop', 'pause', 'resume', 'rate'],
    permissions: [permit(['dynamodb:UpdateItem'], 'ledger', 'to leave there what the run is to do')],
    like: ['status', 'watch', 'report'],
  },
  {
    commands: ['retire-check'],
    permissions: [
      permit(['cloudformation:GetTemplate'], 'stack', 'to read the deployed jobs'),
      permit(['dynamodb:Query'], 'ledger', 'to read what runs have proven'),
      permit(['kms:DescribeKey'], 'keys of the jobs', 'to learn which key is meant, and its state'),
      permit(['kms:GetKeyLastUsage'], 'source keys', 'to learn when it was last used'),
      permit(['dynamodb:DescribeContinuousBackups'], 'tables of the jobs', 'to name backups'),
      permit(
        ['s3:GetBucketOwnershipControls', 's3:GetBucketVersioning'],
        'buckets of the jobs',
        'to name old versions',
      ),
      permit(
        ['dynamodb:ListTables', 's3:ListAllMyBuckets'],
        'account',
        'to find tables and buckets that no job names; without it, it says that nobody has looked',
      ),
      permit(
        ['dynamodb:DescribeTable'],
        'tables of the account',
        'to name replicas, and to learn what DynamoDB itself encrypts with the key; it names what it may not ask about',
      ),
      permit(
        ['s3:GetEncryptionConfiguration'],
        'buckets of the account',
        'to learn where S3 itself encrypts new objects with the key; it names what it may not ask about',
      ),
      permit(
        ['s3:ListBucketVersions'],
        'buckets of the jobs',
        'to count them; without it, it says that there may be some',
      ),
      permit(
        ['dynamodb:ListBackups'],
        'account',
        'to find on-demand backups of tables; without it, it says that nobody has looked',
      ),
      permit(
        ['dynamodb:DescribeBackup'],
        'backups of the account',
        'to learn which key each is under; it names how many have not told',
      ),
      permit(['s3:ListBucket'], 'trail bucket', 'with `--trail`, to find its log files'),
      permit(['s3:GetObject'], 'trail files', 'with `--trail`, to read who uses the key'),
      permit(
        ['cloudformation:ListStackResources'],
        'stack',
        'with `--trail`, to tell its workers from other users of the key',
      ),
    ],
  },
  {
    commands: ['attest pack'],
    permissions: [
      permit(['s3:ListBucket'], 'journal bucket', 'to find the journal of the run'),
      permit(['s3:GetObject'], 'outcomes', 'to pack what became of each data key'),
      permit(
        ['s3:GetObject'],
        'intents',
        'with `--intents`, to pack what was written; besides, the caller has to be one of the `journalReaders`',
      ),
      permit(
        ['cloudformation:GetTemplate'],
        'stack',
        'to pack what roles may do; without it, the pack says so',
      ),
      permit(
        ['kms:DescribeKey', 'kms:GetKeyRotationStatus', 'kms:ListKeyRotations'],
        'keys of the run',
        'to pack their states; where one is denied, the pack says so',
      ),
      permit(
        ['cloudformation:ListStackResources'],
        'stack',
        'with `--trail`, to tell the calls of its workers from others',
      ),
      permit(['s3:ListBucket'], 'trail bucket', 'with `--trail`, to find its log files'),
      permit(['s3:GetObject'], 'trail files', 'with `--trail`, to find the calls of the run'),
    ],
    like: ['status', 'watch', 'report'],
  },
  {
    commands: ['s3-batch'],
    alone: true,
    permissions: [
      permit(['cloudformation:GetTemplate'], 'stack', 'to read the deployed jobs'),
      permit(['kms:DescribeKey'], 'keys of the jobs', 'to name keys by their ARNs, as S3 does'),
    ],
  },
];

/** The commands that need no deployment, and look at samples. */
const OF_SAMPLES = [
  '### `rewrap inspect`, `rewrap init`',
  '',
  'They look for no deployment, and need nothing but, on the store that they are about:',
  '',
  '- `dynamodb:DescribeTable`, `dynamodb:Scan` on a table: to read a sample.',
  '- `s3:GetBucketOwnershipControls`, `s3:ListBucket` on a bucket, `s3:GetObject` on its objects: to read a sample.',
  '- `s3:ListObjectAnnotations`, `s3:GetObjectAnnotation` on its objects: to look at annotations; without it, they are named as not looked at.',
  '- `kms:Decrypt` with the key of the server-side encryption of the store, where that is a key of yours.',
  '- With `--role`, `sts:AssumeRole` on that role instead, and of the role what is above. The session may only read.',
  '',
  '### `rewrap discover`',
  '',
  'It needs what every command needs, and:',
  '',
  '- `dynamodb:ListTables`, `s3:ListAllMyBuckets`: to learn which tables and buckets there are.',
  '- `cloudformation:GetTemplate` on the stack: to know the deployed jobs.',
  '- `s3:GetEncryptionConfiguration` on all buckets: to learn with which key S3 itself encrypts new objects; without it, it says that nobody has looked.',
  '- `dynamodb:ListBackups` on `*`, `dynamodb:DescribeBackup` on all backups of tables: to learn under which keys on-demand backups are; without it, it says that nobody has looked.',
  '- `kms:DescribeKey` on all keys: to tell which are yours and which AWS manages; without it, it shows both.',
  '- With `--trail`, `s3:ListBucket` on the bucket of the trail, `s3:GetObject` on its files and `kms:Decrypt` where a key of yours encrypts them, and `cloudformation:ListStackResources` on the stack: as `retire-check`.',
  '- What `rewrap inspect` needs, on all of them. A store that may not be read is named as one that nobody has looked at.',
];

/** The commands that `plan` is not among: it needs what Plan has besides. */
export const cliPermissions = () => {
  const line = ({ actions, on, why }) =>
    `- ${actions.map(action => `\`${action}\``).join(', ')} on ${WORDS[on]}: ${why}.`;
  const group = ({ commands, permissions, like = [], alone = false }) =>
    [
      `### ${commands.map(one => `\`rewrap ${one}\``).join(', ')}`,
      '',
      ...(alone ? ['Instead of what every command needs:', ''] : []),
      ...permissions.map(line),
      ...(like.length === 0 ? [] : [`- Besides, all that \`${like.join('`, `')}\` need.`]),
    ].join('\n');
  return [
    `### Every command`,
    '',
    ...EVERY.map(line),
    '',
    COMMANDS.map(group).join('\n\n'),
    '',
    '### `rewrap plan`',
    '',
    '- `cloudformation:GetTemplate` on the stack: to plan what is deployed.',
    '- Besides, all that the function Plan may do, but to write: it is the same code.',
    '',
    '`rewrap run` needs this, too, to show the plan before it asks: at a terminal, without `--yes`.',
    '',
    ...OF_SAMPLES,
  ].join('\n');
};

const WORDS = {
  stack: 'the stack of the deployment',
  'state machine': 'the state machine',
  executions: 'its executions',
  'run files': '`runs/*` in the run bucket',
  'run bucket': 'the run bucket, only under `runs/`',
  ledger: 'the ledger',
  'journal bucket': 'the journal bucket',
  outcomes: '`outcomes/*` in the journal bucket',
  intents: '`intents/*` in the journal bucket',
  'keys of the run': 'the keys of the run and the key that signs evidence',
  'keys of the jobs': 'all keys of the jobs',
  'source keys': 'the key in question',
  'tables of the jobs': 'all tables of the jobs',
  'buckets of the jobs': 'all buckets of the jobs',
  account: '`*`',
  'tables of the account': 'all tables, those of the jobs among them',
  'backups of the account': 'all backups of tables (`table/*/backup/*`)',
  'buckets of the account': 'all buckets, those of the jobs among them',
  'trail bucket': 'the bucket of the trail',
  'trail files': 'the files of the trail, and `kms:Decrypt` where a key of yours encrypts them',
};
