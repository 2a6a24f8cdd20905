import type { EncryptionContext } from '../../core/model/encryption-context.ts';
import type { AttributeValue, ItemRecord } from '../../core/model/record.ts';
import type { BuiltContexts } from '../context-template.ts';
import { typeOf } from '../value-encoding.ts';
import { BRANCH_KEY, HIERARCHY_VERSION, KEY_ARN, LOGICAL_NAME } from './attributes.ts';

/**
 * The context of a branch key: every attribute of its item but the branch key itself, as texts, and the logical name of the
 * key store. The names of the owner's own context keep their prefix.
 */
export function branchKeyContexts(
  { attributes }: ItemRecord,
  { logicalName, keyArn }: { readonly logicalName: string; readonly keyArn: string },
): BuiltContexts {
  const now: [name: string, value: string][] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (name === BRANCH_KEY || name === LOGICAL_NAME) continue;
    const text = textOf(name, value);
    if (text === undefined) return { kind: 'missing', reason: otherType(name, value) };
    now.push([name, text]);
  }
  if (!now.some(([name]) => name === KEY_ARN))
    return { kind: 'missing', reason: `the item has no attribute ${KEY_ARN}, which is part of its context` };
  const source = contextOf(now, logicalName);
  const moved = now.map(([name, value]) => [name, name === KEY_ARN ? keyArn : value] as const);
  const destination = contextOf(moved, logicalName);
  return { kind: 'contexts', contexts: [{ source, destination }], readerContexts: [source] };
}

/** A name may be `__proto__`, which an assignment would lose. */
function contextOf(
  attributes: readonly (readonly [name: string, value: string])[],
  logicalName: string,
): EncryptionContext {
  return Object.fromEntries([...attributes, [LOGICAL_NAME, logicalName]]);
}

function textOf(name: string, value: AttributeValue): string | undefined {
  if (name === HIERARCHY_VERSION) return 'N' in value ? value.N : undefined;
  return 'S' in value ? value.S : undefined;
}

function otherType(name: string, value: AttributeValue): string {
  const expected = name === HIERARCHY_VERSION ? 'N' : 'S';
  return `the context cannot be built: attribute ${name} is of type ${typeOf(value)}, and key stores read ${expected} only`;
}
