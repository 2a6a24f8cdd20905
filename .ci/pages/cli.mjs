import { commandLine } from '../../cli/program.ts';
import { EXIT_CODES } from './cli-exit-codes.mjs';
import { recordings } from './cli-recordings.mjs';

/** The commands of the program itself, as the generated part of docs/cli.md. */
export function cliCommands() {
  const program = commandLine(() => undefined);
  const commands = leavesOf(program).filter(([name]) => !HIDDEN.has(name));
  const [shared] = sharedOptions(commands);
  checkWords(commands.map(([name]) => name));
  const shown = recordings();
  return [
    'Every command takes these options:',
    optionList(shared),
    ...commands.map(([name, command]) => section(name, command, shown.get(name))),
  ].join('\n\n');
}

/** Commands whose output no guide shows, and why. */
const UNRECORDED = {
  demo: 'It makes an AWS of its own, and takes a minute: see for yourself by `npm start`.',
  local: 'It runs until Ctrl-C, and prints first how to point AWS clients at it.',
  file: 'No guide has files of SOPS; `test/e2e/file-command.test.ts` runs it.',
  completion: 'It prints a script for a shell.',
  's3-batch': 'No guide has a key that S3 encrypts with, too; `test/e2e/s3-batch.test.ts` runs it.',
  'attest pack': 'No guide has a deployment that signs; `test/stories/evidence-pack.test.ts` runs it.',
  'attest verify': 'No guide has a deployment that signs; `test/e2e/evidence.test.ts` runs it.',
};

/** By which the script of a shell asks for what fits. */
const HIDDEN = new Set(['complete', 'help']);
const SHARED = new Set(['json', 'endpointUrl', 'region', 'profile', 'deployment']);
const isShared = option => SHARED.has(option.attributeName());

/** Commands that do something, with those of a group named `GROUP COMMAND`. */
function leavesOf(command, before = []) {
  return command.commands.flatMap(one => {
    const name = [...before, one.name()];
    return one.commands.length > 0 ? leavesOf(one, name) : [[name.join(' '), one]];
  });
}

function sharedOptions(commands) {
  return commands.map(([, { options }]) => options.filter(isShared)).filter(options => options.length > 0);
}

function checkWords(names) {
  const missing = names.filter(name => EXIT_CODES[name] === undefined);
  const idle = Object.keys(EXIT_CODES).filter(name => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`.ci/pages/cli-exit-codes.mjs has no words for ${missing.join(', ')}`);
  if (idle.length > 0)
    throw new Error(`.ci/pages/cli-exit-codes.mjs has words for no command: ${idle.join(', ')}`);
}

function section(name, command, shown) {
  const own = command.options.filter(option => !isShared(option));
  return [
    `## ${name}`,
    `${sentence(command.description())}`,
    ['```console', `npx rewrap ${name} ${command.usage()}`.trimEnd(), '```'].join('\n'),
    ...(command.registeredArguments.some(({ description }) => description !== '')
      ? [argumentList(command.registeredArguments)]
      : []),
    ...(own.length > 0 ? [optionList(own)] : []),
    `Exit codes: ${Object.entries(EXIT_CODES[name])
      .map(([code, words]) => `**${code}** ${words}`)
      .join(' · ')}.`,
    shown ?? notShown(name),
  ].join('\n\n');
}

function notShown(name) {
  if (UNRECORDED[name] === undefined) throw new Error(`no guide shows an output of rewrap ${name}`);
  return UNRECORDED[name];
}

function sentence(words) {
  const [first = '', ...rest] = words;
  const whole = first.toUpperCase() + rest.join('');
  return /[.?!]$/.test(whole) ? whole : `${whole}.`;
}

function optionList(options) {
  return options
    .map(({ flags, description, argChoices, defaultValue }) => {
      const choices = argChoices === undefined ? '' : `; one of ${argChoices.join(', ')}`;
      const preset = defaultValue === undefined ? '' : ` (default: ${defaultValue})`;
      return `- \`${flags}\`: ${description}${choices}${preset}`;
    })
    .join('\n');
}

function argumentList(args) {
  return args.map(arg => `- \`${arg.name()}\`: ${arg.description}`).join('\n');
}
