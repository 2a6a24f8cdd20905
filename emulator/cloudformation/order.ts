import type { AwsError } from '../protocol/aws-error.ts';
import { callOf } from './intrinsics.ts';
import type { Template } from './template.ts';
import { invalid } from './template-text.ts';

/** The logical ids of a template's resources, each after those that it refers to or depends on. */
export function inOrder({ Resources }: Template): readonly string[] {
  const ordered = new Set<string>();
  const under = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    if (under.has(id)) throw invalid(`Circular dependency between resources: [${[...under].join(', ')}]`);
    under.add(id);
    const { Properties, DependsOn = [] } = Resources[id] ?? { Type: '' };
    for (const name of [...[DependsOn].flat(), ...referredTo(Properties)])
      if (Object.hasOwn(Resources, name)) visit(name);
    under.delete(id);
    ordered.add(id);
  };
  for (const id of Object.keys(Resources)) visit(id);
  return [...ordered];
}

/** @throws AwsError ValidationError if the template names what it does not have */
export function needReferences({ Resources, Parameters = {}, Outputs = {} }: Template): void {
  const isThere = (name: string): boolean =>
    Object.hasOwn(Resources, name) || Object.hasOwn(Parameters, name) || name.startsWith('AWS::');
  const missing = (names: readonly string[]): readonly string[] => [
    ...new Set(names.filter(name => !isThere(name))),
  ];
  const ofResources = missing(
    Object.values(Resources).flatMap(({ Properties, DependsOn = [] }) => [
      ...[DependsOn].flat(),
      ...referredTo(Properties),
    ]),
  );
  if (ofResources.length > 0) throw unresolved(ofResources);
  const ofOutputs = missing(Object.values(Outputs).flatMap(({ Value }) => referredTo(Value)));
  if (ofOutputs.length > 0)
    throw invalid(
      `Unresolved resource dependencies [${ofOutputs.join(', ')}] in the Outputs block of the template`,
    );
}

export function unresolved(names: readonly string[]): AwsError {
  return invalid(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the Resources block of the template`,
  );
}

/** Names that Ref, Fn::GetAtt and Fn::Sub mention, whatever they are names of. */
function referredTo(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (typeof value !== 'object' || value === null) return [];
  const { name, argument } = callOf(value) ?? {};
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt')
    return [Array.isArray(argument) ? String(argument[0]) : (String(argument).split('.')[0] ?? '')];
  const inText = name === 'Fn::Sub' ? namesInText(argument) : [];
  return [...inText, ...Object.values(value).flatMap(referredTo)];
}

/** Of `Fn::Sub`, less the variables that it brings with it. */
function namesInText(argument: unknown): readonly string[] {
  const [text, own] = Array.isArray(argument) ? (argument as readonly unknown[]) : [argument];
  return [...String(text).matchAll(/\$\{([^!}.][^}.]*)/g)]
    .map(([, found = '']) => found)
    .filter(name => !Object.hasOwn(own ?? {}, name));
}
