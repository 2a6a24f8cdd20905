import { InvalidArgumentError, Option, type Command } from 'commander';
import { settingsHere } from './context/settings-here.ts';

const MODE = new Option('--mode <mode>', 'what the run does')
  .choices(['migrate', 'census', 'verify'])
  .default('migrate');

const DRY_RUN = new Option(
  '--dry-run',
  'for a census: KMS checks every data key and makes no new ciphertext',
);
const SAMPLE = new Option('--sample <n>', 'visit the first n records of each store only').argParser(
  wholeNumber,
);
const FROM_START = new Option(
  '--from-start',
  'visit everything again, even if the last run of this job did not finish',
);
const ASK_ALL = new Option('--ask-all', 'ask KMS about every data key, whatever the journal proves');
const GRANT_TOKEN = new Option('--grant-token <token...>', 'for grants that are not minutes old yet');

/** The options that plan and run have in common. */
function asked(command: Command): Command {
  return [MODE, DRY_RUN, SAMPLE, FROM_START, ASK_ALL, GRANT_TOKEN].reduce(
    (all, option) => all.addOption(option),
    command,
  );
}

/** What a run may take of each of its tables. */
export function capacity(command: Command): Command {
  return command
    .option('--read-capacity-per-second <n>', 'read units of each table', wholeNumber)
    .option('--write-capacity-per-second <n>', 'write units of each table', wholeNumber);
}

/** `rewrap plan`, without its folder of jobs. */
export function planCommand(command: (name: string, description: string) => Command): Command {
  return asked(command('plan <job>', 'checks the premises of a run and shows what it would do')).option(
    '--policies',
    'print what policies of roles and keys have to allow, and ask nothing of KMS',
  );
}

/** `rewrap run`. */
export function runCommand(command: (name: string, description: string) => Command): Command {
  return capacity(asked(command('run <job>', 'starts a run of a deployed job and follows it to its report')))
    .option('--kms-requests-per-second <n>', 'a rate below the limit of the job', wholeNumber)
    .option('--max-concurrency <n>', 'workers, below the limit of the job', wholeNumber)
    .option('--jobs <folder>', 'folder of job files; by default that of deployment.json', settingsHere().jobs)
    .option('--yes', 'start without showing the plan and asking; a script without a terminal is never asked')
    .option('--detach', 'return when the run has started')
    .option('--watch', 'follow the run to its end (the default)');
}

/** Who uses which key, by log files of CloudTrail. */
function trailed(command: Command, { who, here }: { readonly who: string; readonly here: string }): Command {
  return command
    .option('--trail <place>', `log files of CloudTrail, to see ${who}: s3://BUCKET/PREFIX, or a folder`)
    .option('--trail-days <n>', 'so many days of the trail, up to now', days, 90)
    .option('--trail-region <region>', `where the bucket of the trail is; by default, ${here}`)
    .option('--context-values', 'with --json, also show the values of encryption contexts');
}

/** `rewrap discover`, without its folder of jobs. */
export function discoverCommand(command: (name: string, description: string) => Command): Command {
  const discover = command(
    'discover',
    'samples every table and bucket of the account in one Region: which data keys lie where, and which have no job',
  );
  return trailed(discover, { who: 'who uses which key', here: 'the Region that is looked at' })
    .option('--sample <n>', 'records of each store to look at', wholeNumber, 100)
    .option('--budget <dollars>', 'what reading may cost at most; beyond it, nothing is read', dollars, 5)
    .addOption(new Option('--only <kind>', 'one kind of store').choices(['tables', 'buckets']))
    .option('--write <folder>', 'also write a job for each store with data keys that no job names')
    .option('--html <file>', 'also write all of it as a page');
}

/** `rewrap report`. */
export function reportCommand(command: (name: string, description: string) => Command): Command {
  return command('report <run>', 'shows the report of a run')
    .option('--html <file>', 'also write it as a page')
    .option(
      '--failures <file>',
      'also write every data key that is not proven, as CSV; - writes that alone to stdout',
    )
    .option('--keys <file>', 'also write how many data keys of which store are under which key, as CSV')
    .addOption(
      new Option(
        '--findings <format>',
        'write a finding for each store to stdout, and nothing else there',
      ).choices(['ocsf', 'asff']),
    );
}

/** `rewrap retire-check`, without its folder of jobs. */
export function retireCheckCommand(command: (name: string, description: string) => Command): Command {
  const retireCheck = command('retire-check <key>', 'may the old key be disabled? advises, and never acts');
  return trailed(retireCheck, { who: 'who uses the key', here: 'where the key is' }).option(
    '--budget <dollars>',
    'what reading the trail may cost at most; beyond it, nothing is read',
    dollars,
    5,
  );
}

/** `rewrap s3-batch`, without its folder of jobs. */
export function s3BatchCommand(command: (name: string, description: string) => Command): Command {
  return command(
    's3-batch <job>',
    'writes requests for S3 Batch Operations that take S3’s own encryption from the source keys to another key; sends nothing',
  )
    .requiredOption('--role <arn>', 'the role that S3 assumes to carry them out')
    .option(
      '--to <key>',
      'ARN of a key in the Region and account of the buckets; by default the destination key',
    )
    .option('--out <folder>', 'where the requests are written', 's3-batch');
}

/** Of a command that looks at one store, which may be of another account. */
export function assuming(command: Command): Command {
  return command
    .option('--role <arn>', 'a role of the account of the store, to look at it; the job names it, too')
    .option('--external-id <id>', 'what the trust policy of that role asks for');
}

/** What `rewrap init` would ask a person for. */
export function initCommand(command: (name: string, description: string) => Command): Command {
  const init = command(
    'init [store]',
    'looks at a table or s3://BUCKET/PREFIX, asks what data cannot tell, and writes a job',
  );
  return assuming(init)
    .option('--name <name>', 'of the job, and of its file')
    .option('--source <key...>', 'ARNs of the keys that data keys are under, where the data names none')
    .option('--destination <key>', 'ARN, or alias ARN, of the key to move to')
    .option('--context <pair...>', 'NAME=VALUE of the encryption context, NAME=@ATTRIBUTE, or none')
    .option('--kms-requests-per-second <n>', 'limit of the job', wholeNumber)
    .option('--max-concurrency <n>', 'limit of the job', wholeNumber)
    .option('--sample <n>', 'records to look at', wholeNumber, 500)
    .option(
      '--jobs <folder>',
      'folder of job files; by default that of deployment.json',
      settingsHere().jobs,
    );
}

/** The options of every command. */
export function shared(command: Command): Command {
  return command
    .option('--json', 'machine-readable result on stdout, everything else on stderr')
    .option('--endpoint-url <url>', 'endpoint of AWS, such as that of rewrap local')
    .option('--region <region>', 'AWS Region')
    .option('--profile <profile>', 'profile of the shared AWS configuration')
    .option(
      '--deployment <name>',
      'the deployment; by default the name in deployment.json',
      settingsHere().deployment,
    );
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3_650)
    throw new InvalidArgumentError('write a whole number of days, from 1 to 3650.');
  return value;
}

export function dollars(text: string): number {
  if (/^\d{1,6}(\.\d{1,2})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('write dollars, as 5 or 0.50.');
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('write a whole number in digits, such as 20.');
  return value;
}
