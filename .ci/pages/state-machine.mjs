// Draws the state machine from the definition in the template.
import { template } from './template.mjs';

export function stateMachine(definition = definitionOf(template())) {
  return [
    'A run. A dotted arrow is the way that an error takes.',
    drawing(definition),
    'A unit: the child execution of each map, whatever its worker is. Only units that are marked for the route `decrypt-encrypt` go to MigrateUnitPlaintext.',
    drawing(unitOf(definition)),
  ].join('\n\n');
}

/** What all child executions have in common. Throws if one differs, because the drawing would be wrong for it. */
function unitOf(definition) {
  const units = Object.values(definition.States)
    .filter(({ Type }) => Type === 'Map')
    .flatMap(map => workersIn(map).map(worker => loopOf(worker, map.ItemProcessor.States)));
  const [first, ...others] = units.map(unit => drawing(unit));
  if (others.some(other => other !== first))
    throw new Error('units differ: draw each in .ci/pages/state-machine.mjs');
  return units[0];
}

/** A worker with the states around it, under names that all workers share. */
function loopOf(worker, states) {
  const shared = text => text.replaceAll(new RegExp(`\\b${worker}\\b`, 'g'), 'Worker');
  const own = Object.entries(states).filter(
    ([name, { Type }]) =>
      name === worker ||
      (name.startsWith(`${worker} `) && !(Type === 'Choice' && name.endsWith(' by route'))),
  );
  return JSON.parse(shared(JSON.stringify({ StartAt: worker, States: Object.fromEntries(own) })));
}

function drawing({ StartAt, States }) {
  const names = [StartAt, ...Object.keys(States).filter(name => name !== StartAt)];
  const lines = names.flatMap(name => arrowsOf(name, States[name]));
  return ['```mermaid', 'flowchart TD', ...names.map(name => box(name, States[name])), ...lines, '```'].join(
    '\n',
  );
}

const id = name => name.replace('?', '_asked').replace(/\W+/g, '_');

function box(name, state) {
  switch (state.Type) {
    case 'Choice':
      return `  ${id(name)}{"${name}"}`;
    case 'Map':
      return `  ${id(name)}[["${name}: ${workersIn(state).join(' or ')} for each unit"]]`;
    case 'Succeed':
    case 'Fail':
      return `  ${id(name)}(["${name}"])`;
    case 'Wait':
      return `  ${id(name)}["${name}"]`;
    case 'Task':
      return `  ${id(name)}["${name}"]`;
    default:
      throw new Error(`no drawing of a ${state.Type}: teach .ci/pages/state-machine.mjs`);
  }
}

const workersIn = ({ ItemProcessor: { States } }) =>
  Object.keys(States).filter(name => States[name].Type === 'Task');

function arrowsOf(name, { Next, Choices = [], Default, Catch = [] }) {
  return [
    ...(Next === undefined ? [] : [`  ${id(name)} --> ${id(Next)}`]),
    ...Choices.map(one => `  ${id(name)} -- "${conditionOf(one)}" --> ${id(one.Next)}`),
    ...(Default === undefined ? [] : [`  ${id(name)} -- else --> ${id(Default)}`]),
    ...Catch.filter(one => one.Next !== Next).map(one => `  ${id(name)} -.-> ${id(one.Next)}`),
  ];
}

/** Turns `{% $plan.migrates %}` into "migrates". */
function conditionOf({ Condition }) {
  return Condition.replace(/^\{% (.*) %\}$/, '$1')
    .replace(/\$exists\((.*?)\)/g, '$1')
    .replace(/\$(plan|states\.input)\.(\w+)/g, '$2')
    .replaceAll('"', "'");
}

function definitionOf({ Resources }) {
  const machine = Object.values(Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const parts = machine.Properties.DefinitionString['Fn::Join'][1];
  return JSON.parse(parts.map(part => (typeof part === 'string' ? part : 'aws')).join(''));
}
