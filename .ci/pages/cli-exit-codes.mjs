// What the exit codes of each command mean, in docs/cli.md. `npm run docs` fails for a command without words here, and for words
// without a command.

/** Of a command that starts or follows a run. */
const OF_RUN = {
  0: 'done and proven; of a census: everything is counted, and nothing is in doubt',
  1: 'the run has ended, and something is left, in doubt or not moved; the report names it',
  2: 'refused: nothing was started',
  3: 'the run failed, or did not finish',
  4: 'the command lost sight of a run that goes on, or was interrupted, or could not write its result',
};
/** Of a command that only looks. */
const OF_LOOK = {
  0: 'shown',
  2: 'refused: the input is wrong, or nothing is deployed here',
  3: 'a call to AWS failed',
  4: 'the result could not be written',
};
const OF_CONTROL = {
  0: 'the run has been told; it takes effect within a page of each worker',
  2: 'refused: there is no such run, or it has ended',
  3: 'a call to AWS failed',
};

export const EXIT_CODES = {
  demo: {
    0: 'not reached by the rotation, which has broken records on purpose; the region demo ends so',
    1: 'the demo went as planned: the broken records are named, and left alone',
    3: 'the demo failed',
    4: 'interrupted',
  },
  local: { 0: 'ended by Ctrl-C', 2: 'the jobs are wrong', 3: 'it did not start' },
  plan: { ...OF_LOOK, 0: 'the run would start', 2: 'the run would be refused; every reason is named' },
  run: OF_RUN,
  rollback: { ...OF_RUN, 0: 'everything is restored', 1: 'something was left as it is; the report names it' },
  stop: OF_CONTROL,
  pause: OF_CONTROL,
  resume: OF_CONTROL,
  rate: OF_CONTROL,
  discover: {
    ...OF_LOOK,
    0: 'every store whose sample shows data keys is named by a job as a whole; what a trail says of keys changes no code',
    1: 'a store with data keys has no job, or one for a part of it only, or could not be looked at',
    2: 'refused: the input is wrong, or reading could cost more than the budget; nothing was read',
  },
  inspect: { ...OF_LOOK, 0: 'there is a job to propose', 1: 'there is no job to propose' },
  status: OF_LOOK,
  watch: OF_RUN,
  report: { ...OF_RUN, 2: 'refused: there is no such run', 4: 'the report could not be written' },
  'retire-check': {
    ...OF_LOOK,
    0: 'the key may be disabled',
    1: 'keep the key, or something is not settled; with --trail, also if somebody still uses it',
    2: 'refused: the input is wrong, nothing is deployed here, or reading the trail could cost more than the budget',
  },
  's3-batch': {
    ...OF_LOOK,
    0: 'the requests are written; nothing was sent',
    2: 'refused: the input is wrong, or S3 would not take the key; nothing is written',
  },
  init: {
    ...OF_LOOK,
    0: 'the job is written',
    2: 'refused: an answer is missing or wrong; nothing is written',
  },
  file: {
    0: 'every data key is under the destination key',
    1: 'something could not be moved; it is named',
    2: 'refused: nothing was changed',
    3: 'a call to AWS failed',
  },
  'attest pack': {
    0: 'the pack is written',
    2: 'refused: there is no such run, nothing was signed about it, or reading the trail could cost more than the budget',
    3: 'a call to AWS failed',
    4: 'the pack could not be written',
  },
  'attest verify': {
    0: 'report and journal are what was signed',
    1: 'not all of it is; each difference has a line',
    2: 'refused: a file is missing, or is no evidence',
    3: 'a file could not be read',
  },
  'jobs validate': { 0: 'all files are valid', 2: 'a file is not; each problem has a line' },
  completion: { 0: 'printed', 2: 'no such shell' },
};
