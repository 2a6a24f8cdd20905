import { isDeepStrictEqual } from 'node:util';
import { resolveIntrinsics } from './intrinsics.ts';
import { givenName, newPhysicalId } from './names.ts';
import { inOrder, needReferences } from './order.ts';
import type { Given } from './parameters.ts';
import { needRules, outputsOf, referencesOf, type Surroundings } from './resolve.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import type { Stack, StackContent, StackResource } from './stack.ts';
import type { Template, TemplateResource } from './template.ts';
import { invalid } from './template-text.ts';

/** What becomes of one resource. */
export type Step =
  | { readonly kind: 'create'; readonly resource: StackResource }
  | { readonly kind: 'update' | 'replace'; readonly resource: StackResource; readonly before: StackResource };

/** All that an operation does to a stack, in its order. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Resources that the template has no more. They go when all steps are done, as do replaced ones. */
  readonly removed: readonly StackResource[];
  readonly content: StackContent;
}

export interface Wanted {
  readonly template: Template;
  readonly templateBody: string;
  readonly parameters: Given;
  readonly around: Surroundings;
}

/**
 * Compares what a template asks for with what the stack has. Physical ids and attributes follow from types, names and ids,
 * so that everything can be resolved before anything is made.
 *
 * @throws AwsError ValidationError
 */
export function planOf(stack: Stack, { template, templateBody, parameters, around }: Wanted): Plan {
  needReferences(template);
  const before = new Map((stack.content?.resources ?? []).map(one => [one.logicalId, one]));
  const resources = new Map<string, StackResource>();
  const references = referencesOf(template, around, resources);
  needRules(template, references);
  const steps: Step[] = [];
  for (const logicalId of inOrder(template)) {
    const declared = template.Resources[logicalId] as TemplateResource;
    if (declared.Condition !== undefined && !references.holds(declared.Condition)) continue;
    const properties = resolveIntrinsics(
      declared.Properties ?? {},
      references,
    ) as StackResource['properties'];
    const step = stepOf({ logicalId, declared, properties, before: before.get(logicalId), stack });
    resources.set(logicalId, step.resource);
    if (step.kind !== 'none') steps.push(step);
  }
  return {
    steps,
    removed: [...before.values()].filter(({ logicalId }) => !resources.has(logicalId)),
    content: {
      ...{ template, templateBody, parameters },
      resources: [...resources.values()],
      outputs: outputsOf(template, references),
    },
  };
}

interface Compared {
  readonly logicalId: string;
  readonly declared: TemplateResource;
  readonly properties: StackResource['properties'];
  readonly before: StackResource | undefined;
  readonly stack: Stack;
}

function stepOf(compared: Compared): Step | { readonly kind: 'none'; readonly resource: StackResource } {
  const { logicalId, declared, properties, before, stack } = compared;
  needKnown(logicalId, declared.Type, properties);
  const made = (physicalId: string, generation: number): StackResource => ({
    ...{ logicalId, type: declared.Type, physicalId, properties, generation },
    deletionPolicy: declared.DeletionPolicy ?? 'Delete',
    updateReplacePolicy: declared.UpdateReplacePolicy ?? 'Delete',
  });
  const fresh = (generation: number): StackResource =>
    made(
      newPhysicalId({
        ...{ type: declared.Type, logicalId, properties, stackName: stack.stackName, place: stack.place },
        seed: seedOf(stack.incarnation, generation),
      }),
      generation,
    );
  if (before === undefined) return { kind: 'create', resource: fresh(0) };
  if (before.type !== declared.Type)
    throw invalid(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`,
    );
  const kind = changeOf(before, properties);
  if (kind !== 'replace') {
    const resource = made(before.physicalId, before.generation);
    return kind === 'none' ? { kind, resource } : { kind, resource, before };
  }
  const resource = fresh(before.generation + 1);
  needRenamed(before, resource);
  return { kind, resource, before };
}

/** The first of its name has no seed: names of a stack are the same wherever it is deployed for the first time. */
function seedOf(incarnation: number, generation: number): string {
  return incarnation === 0 && generation === 0 ? '' : `/${incarnation}/${generation}`;
}

function needKnown(logicalId: string, type: string, properties: object): void {
  const known = RESOURCE_TYPES[type];
  if (known === undefined) throw invalid(`the embedded CloudFormation does not make ${type} (${logicalId})`);
  const all = new Set([
    ...known.replaces,
    ...known.changes,
    ...(known.refuses ?? []),
    ...(known.lacks ?? []),
  ]);
  const unknown = Object.keys(properties).filter(name => !all.has(name));
  if (unknown.length > 0)
    throw invalid(
      `the embedded CloudFormation does not have ${unknown.join(', ')} of ${type} (${logicalId})`,
    );
}

function changeOf(
  { type, properties: before, logicalId }: StackResource,
  after: object,
): 'none' | 'update' | 'replace' {
  const { replaces = [], refuses = [], lacks = [] } = RESOURCE_TYPES[type] ?? {};
  const changed = changedProperties(before, after as StackResource['properties']);
  const among = (names: readonly string[]): readonly string[] => changed.filter(name => names.includes(name));
  if (among(refuses).length > 0)
    throw invalid(`${among(refuses).join(', ')} of ${type} (${logicalId}) cannot be changed`);
  if (among(lacks).length > 0)
    throw invalid(
      `the embedded CloudFormation does not change ${among(lacks).join(', ')} of ${type} (${logicalId})`,
    );
  if (among(replaces).length > 0) return 'replace';
  return changed.length > 0 ? 'update' : 'none';
}

export function changedProperties(
  before: StackResource['properties'],
  after: StackResource['properties'],
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(name => !isDeepStrictEqual(before[name], after[name]));
}

/** A new resource is made before the old one goes, so that they cannot have the same name. */
function needRenamed({ type, physicalId, properties }: StackResource, after: StackResource): void {
  if (givenName(type, properties) !== undefined && physicalId === after.physicalId)
    throw invalid(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${physicalId} and update the stack again.`,
    );
}
