import { invalid } from './template-text.ts';

/** What a template's references mean: physical ids by logical id, attributes, pseudo parameters. */
export interface References {
  ref(name: string): unknown;
  attribute(resource: string, attribute: string): unknown;
  /** Whether a condition of the template holds. */
  holds(condition: string): boolean;
  /** An output of an existing stack, in any Region. */
  stackOutput(reference: {
    readonly StackName: string;
    readonly Region?: string;
    readonly OutputName: string;
  }): unknown;
}

/** Resolves intrinsic functions, as CloudFormation does when it creates a stack. An unknown function is an error. */
export function resolveIntrinsics(value: unknown, references: References): unknown {
  if (Array.isArray(value))
    return value
      .map(element => resolveIntrinsics(element, references))
      .filter(element => element !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const call = callOf(value);
  if (call !== undefined) return intrinsic(call.name, call.argument, references);
  const resolved = entries.map(([key, member]) => [key, resolveIntrinsics(member, references)] as const);
  return Object.fromEntries(resolved.filter(([, member]) => member !== NO_VALUE));
}

/** The intrinsic function that a value calls. */
export function callOf(value: unknown): { readonly name: string; readonly argument: unknown } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const [name = '', argument] = entries[0] ?? [];
  const isCall = entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'));
  return isCall ? { name, argument } : undefined;
}

export const NO_VALUE = Symbol('AWS::NoValue');

function intrinsic(name: string, argument: unknown, references: References): unknown {
  const resolve = (value: unknown): unknown => resolveIntrinsics(value, references);
  switch (name) {
    case 'Ref':
      return references.ref(String(argument));
    case 'Fn::GetAtt': {
      const [resource, ...attribute] = Array.isArray(argument)
        ? (argument as string[])
        : String(argument).split('.');
      return references.attribute(resource ?? '', attribute.join('.'));
    }
    case 'Fn::GetStackOutput':
      return references.stackOutput(resolve(argument) as Parameters<References['stackOutput']>[0]);
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown];
      return (resolve(parts) as unknown[]).map(String).join(separator);
    }
    case 'Fn::Sub':
      return substitute(argument, references);
    case 'Fn::Select': {
      const [index, list] = argument as [number | string, unknown];
      return (resolve(list) as unknown[])[Number(index)];
    }
    case 'Fn::Split': {
      const [separator, text] = argument as [string, unknown];
      return String(resolve(text)).split(separator);
    }
    case 'Fn::If': {
      const [condition, met, unmet] = argument as [string, unknown, unknown];
      return resolve(references.holds(condition) ? met : unmet);
    }
    default:
      throw invalid(`the embedded CloudFormation does not have the intrinsic function ${name}`);
  }
}

function substitute(argument: unknown, references: References): string {
  const [text, variables] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [String(argument), {}];
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    // `${!Literal}` becomes `${Literal}` (CloudFormation user guide, Fn::Sub).
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return String(resolveIntrinsics(variables[name], references));
    const [resource = '', ...attribute] = name.split('.');
    return String(
      attribute.length === 0 ? references.ref(name) : references.attribute(resource, attribute.join('.')),
    );
  });
}
