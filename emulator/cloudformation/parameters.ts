import type { Template, TemplateParameter } from './template.ts';
import { invalid } from './template-text.ts';

/** Values of a template's parameters as they were given, by name. */
export type Given = Readonly<Record<string, string>>;

export interface ParameterSources {
  readonly given: Given;
  /** Names of parameters whose values stay. */
  readonly keep?: readonly string[];
  /** Of the stack so far. */
  readonly previous?: Given;
}

/** The texts of all parameters. @throws AwsError ValidationError */
export function textsOf(
  { Parameters = {} }: Template,
  { given, keep = [], previous = {} }: ParameterSources,
): Given {
  const unknown = [...Object.keys(given), ...keep].filter(name => !Object.hasOwn(Parameters, name));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const texts = Object.entries(Parameters).map(([name, { Default }]) => {
    const kept = keep.includes(name) ? previous[name] : undefined;
    return [name, given[name] ?? kept ?? (Default === undefined ? undefined : String(Default))] as const;
  });
  const missing = texts.filter(([, text]) => text === undefined).map(([name]) => name);
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  for (const [name, text] of texts) check(name, text ?? '', Parameters[name]);
  return Object.fromEntries(texts.map(([name, text]) => [name, text ?? '']));
}

function check(name: string, text: string, parameter: TemplateParameter | undefined): void {
  const { AllowedValues, AllowedPattern } = parameter ?? {};
  if (AllowedValues !== undefined && !AllowedValues.map(String).includes(text))
    throw invalid(`Parameter '${name}' must be one of AllowedValues`);
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(text))
    throw invalid(`Parameter '${name}' failed to satisfy constraint: must match pattern ${AllowedPattern}`);
}

const OF_SYSTEMS_MANAGER = 'AWS::SSM::Parameter::Value<String>';

/** The names of the parameters of Systems Manager that a template's parameters stand for. */
export function namesInSystemsManager({ Parameters = {} }: Template, texts: Given): readonly string[] {
  return Object.entries(Parameters)
    .filter(([, { Type }]) => Type === OF_SYSTEMS_MANAGER)
    .map(([name]) => texts[name] ?? '');
}

/** What Ref of each parameter is. `read`: the value of a parameter of Systems Manager. */
export function valuesOf(
  { Parameters = {} }: Template,
  texts: Given,
  read: (name: string) => string,
): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(Parameters).map(([name, { Type }]): readonly [string, unknown] => {
      const text = texts[name] ?? '';
      switch (Type) {
        case 'String':
        case 'Number':
          return [name, text];
        case 'CommaDelimitedList':
          return [name, text.split(',').map(part => part.trim())];
        case OF_SYSTEMS_MANAGER:
          return [name, read(text)];
        default:
          throw invalid(`the embedded CloudFormation does not have parameters of the type ${Type} (${name})`);
      }
    }),
  );
}
