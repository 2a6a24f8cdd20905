import type { Difference } from '../differences.ts';

export const LOCALSTACK: readonly Omit<Difference, 'peer'>[] = [
  {
    suite: 'peers/state-machines',
    tests: /is evaluated before assignments take effect/,
    right: 'embedded',
    why: 'Assign and Output of a state both see the variables as they were when it was entered',
  },
  {
    suite: 'peers/state-machines',
    messages: /- "error": "States\.\w+", \+ "error": "States\.Runtime"/,
    right: 'embedded',
    why: 'a query that fails or has the wrong type is States.QueryEvaluationError, and no choice States.NoChoiceMatched',
  },
  {
    suite: 'peers/state-machines',
    messages: /Function \$hash is currently not supported/,
    right: 'not there',
    why: 'it has no $hash',
  },
  {
    suite: 'peers/state-machines',
    tests: /a query that fails within a task is caught by States\.ALL/,
    right: 'embedded',
    why: 'States.ALL catches every error but States.Runtime',
  },
  {
    suite: 'peers/state-machines',
    messages: /is not a valid InputTypeValue/,
    right: 'not there',
    why: 'it reads no JSON Lines',
  },
  {
    suite: 'peers/state-machines',
    messages: /ASLParserException/,
    right: 'not there',
    why: 'it has no ResultWriter in JSONata',
  },
  {
    suite: 'peers/state-machines',
    tests: /a child sees no variable of its parent/,
    right: 'embedded',
    why: 'the children of a distributed map are executions of their own',
  },
  {
    suite: 'peers/state-machines',
    tests: /one failed child ends a map that tolerates none/,
    right: 'embedded',
    why: 'a distributed map tolerates no failed child unless it says so',
  },
  {
    suite: 'peers/state-machines',
    tests: /a worker is called until its unit is done/,
    messages: /it still runs/,
    right: 'not there',
    why: 'a mocked task in a child does not come to its last answer',
  },
];
