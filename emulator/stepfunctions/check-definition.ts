import type { Definition, State } from './asl.ts';

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const FLOW = ['Next', 'End', 'Output', 'Assign'];
const ERRORS = ['Retry', 'Catch'];

const FIELDS: Readonly<Record<State['Type'], readonly string[]>> = {
  Task: [...FLOW, ...ERRORS, 'Resource', 'Arguments', 'TimeoutSeconds'],
  Choice: ['Choices', 'Default', 'Output', 'Assign'],
  Wait: [...FLOW, 'Seconds', 'Timestamp'],
  Pass: FLOW,
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Parallel: [...FLOW, ...ERRORS, 'Branches', 'Arguments'],
  Map: [
    ...FLOW,
    ...ERRORS,
    'Items',
    'ItemSelector',
    'ItemReader',
    'ItemProcessor',
    'ResultWriter',
    'MaxConcurrency',
    'ToleratedFailurePercentage',
    'ToleratedFailureCount',
    'Label',
  ],
};

const PARTS: Readonly<Record<string, readonly string[]>> = {
  Retry: [
    'ErrorEquals',
    'IntervalSeconds',
    'MaxAttempts',
    'BackoffRate',
    'MaxDelaySeconds',
    'JitterStrategy',
    'Comment',
  ],
  Catch: ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'],
  Choices: ['Condition', 'Next', 'Assign', 'Output', 'Comment'],
  ItemReader: ['Resource', 'ReaderConfig', 'Arguments'],
  ReaderConfig: ['InputType', 'MaxItems'],
  ResultWriter: ['Resource', 'Arguments', 'WriterConfig'],
  WriterConfig: ['Transformation', 'OutputType'],
  ProcessorConfig: ['Mode', 'ExecutionType'],
};

/** Refuses a definition with a list of all its problems: unknown fields, unknown targets, another query language. */
export function checkDefinition(definition: Definition, path = '$'): readonly string[] {
  const inherited = definition.QueryLanguage;
  const unknown = unknownFields(
    definition,
    ['StartAt', 'States', 'QueryLanguage', 'TimeoutSeconds', 'Comment', 'Version', 'ProcessorConfig'],
    path,
  );
  const start =
    definition.States[definition.StartAt] === undefined
      ? [`${path}.StartAt: no state '${definition.StartAt}'`]
      : [];
  const states = Object.entries(definition.States).flatMap(([name, state]) =>
    checkState(state, { path: `${path}.${name}`, names: definition.States, inherited }),
  );
  return [...unknown, ...start, ...states];
}

interface Scope {
  readonly path: string;
  readonly names: Definition['States'];
  readonly inherited: string | undefined;
}

function checkState(state: State, { path, names, inherited }: Scope): readonly string[] {
  const fields = FIELDS[state.Type];
  // The definition comes from JSON, so a state may have an unknown type in spite of the TypeScript type.
  if ((fields as readonly string[] | undefined) === undefined)
    return [`${path}: unknown Type '${state.Type}'`];
  const language = (state as { readonly QueryLanguage?: string }).QueryLanguage ?? inherited;
  return [
    ...(language === 'JSONata' ? [] : [`${path}: the executor runs JSONata states only`]),
    ...unknownFields(state, [...COMMON, ...fields], path),
    ...checkParts(state, path),
    ...targets(state)
      .filter(target => names[target] === undefined)
      .map(target => `${path}: no state '${target}'`),
    ...(needsNext(state) && state.Next === undefined && state.End !== true
      ? [`${path}: needs Next or End`]
      : []),
    ...(state.ItemProcessor === undefined
      ? []
      : checkDefinition(inherit(state.ItemProcessor, language), `${path}.ItemProcessor`)),
    ...(state.Branches ?? []).flatMap((branch, index) =>
      checkDefinition(inherit(branch, language), `${path}.Branches[${index}]`),
    ),
    ...(state.Type === 'Task' && !/:states:::lambda:invoke$/.test(state.Resource ?? '')
      ? [`${path}: the executor has no resource ${state.Resource}`]
      : []),
  ];
}

function inherit(definition: Definition, language: string | undefined): Definition {
  return definition.QueryLanguage !== undefined || language === undefined
    ? definition
    : { ...definition, QueryLanguage: language };
}

function needsNext({ Type }: State): boolean {
  return Type !== 'Choice' && Type !== 'Succeed' && Type !== 'Fail';
}

function targets({ Next, Default, Choices = [], Catch = [] }: State): readonly string[] {
  return [Next, Default, ...Choices.map(choice => choice.Next), ...Catch.map(catcher => catcher.Next)].filter(
    target => target !== undefined,
  );
}

function checkParts(state: State, path: string): readonly string[] {
  const parts: readonly (readonly [string, readonly (object | undefined)[]])[] = [
    ['Retry', state.Retry ?? []],
    ['Catch', state.Catch ?? []],
    ['Choices', state.Choices ?? []],
    ['ItemReader', [state.ItemReader]],
    ['ReaderConfig', [state.ItemReader?.ReaderConfig]],
    ['ResultWriter', [state.ResultWriter]],
    ['WriterConfig', [state.ResultWriter?.WriterConfig]],
    ['ProcessorConfig', [state.ItemProcessor?.ProcessorConfig]],
  ];
  return parts.flatMap(([name, values]) =>
    values.flatMap(value =>
      value === undefined ? [] : unknownFields(value, PARTS[name] ?? [], `${path}.${name}`),
    ),
  );
}

function unknownFields(value: object, known: readonly string[], path: string): readonly string[] {
  return Object.keys(value)
    .filter(field => !known.includes(field))
    .map(field => `${path}: unknown field '${field}'`);
}
