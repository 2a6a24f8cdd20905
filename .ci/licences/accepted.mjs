/**
 * The licences that somebody has read and accepted, as npm writes them. Each list adds to the one above it: what leaves
 * this machine has the shortest. A new expression fails until it stands here, `MIT OR GPL-2.0` for `MIT` included: which
 * side of it is taken is a decision, not an equation.
 */
const FUNCTIONS = ['Apache-2.0', 'ISC', 'MIT', 'MIT-0'];

const INSTALLED = [
  ...FUNCTIONS,
  '0BSD',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  // Of `case`, inside aws-cdk-lib: taken under MIT.
  '(MIT OR GPL-3.0-or-later)',
];

const DEVELOPMENT = [
  ...INSTALLED,
  'BSD-2-Clause',
  // Of `axe-core`, which judges the page of a report in a browser of the tests. It is used as it is, and not handed on.
  'MPL-2.0',
  'Apache-2.0 AND MIT',
  '(MIT OR CC0-1.0)',
  // Of `caniuse-lite`, tables of data in Jest's transformer. They are read, and nothing is made of them.
  'CC-BY-4.0',
  // Of `robust-predicates`, in the charts of docs/performance.md: a dedication to the public domain.
  'Unlicense',
];

export const ACCEPTED = {
  /** In the zip files of the functions, which `cdk deploy` carries into an account. */
  functions: FUNCTIONS,
  /** Installed by `npm ci --omit=dev`: the command line, the stack and the embedded AWS. */
  installed: INSTALLED,
  /** Installed by `npm ci` for those who work on the code. */
  development: DEVELOPMENT,
};
