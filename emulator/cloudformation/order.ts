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

/** Names that Ref, Fn::GetAtt and Fn::Sub mention, whatever they are names of. */
function referredTo(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (typeof value !== 'object' || value === null) return [];
  const { name, argument } = callOf(value) ?? {};
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt')
    return [Array.isArray(argument) ? String(argument[0]) : (String(argument).split('.')[0] ?? '')];
  const inText =
    name === 'Fn::Sub'
      ? [...String(Array.isArray(argument) ? argument[0] : argument).matchAll(/\$\{([^!}.]+)/g)].map(
          ([, found = '']) => found,
        )
      : [];
  return [...inText, ...Object.values(value).flatMap(referredTo)];
}
