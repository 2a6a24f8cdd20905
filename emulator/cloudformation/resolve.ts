import { conditionsOf, brokenRules } from './conditions.ts';
import { NO_VALUE, resolveIntrinsics, type References } from './intrinsics.ts';
import { attributeOf } from './names.ts';
import { unresolved } from './order.ts';
import type { Output, Place, Stack } from './stack.ts';
import type { Template } from './template.ts';
import { invalid } from './template-text.ts';

/** What a template can refer to besides its own resources. */
export interface Surroundings {
  readonly place: Place;
  readonly stackName: string;
  readonly stackId: string;
  /** What Ref of each parameter is. */
  readonly parameters: ReadonlyMap<string, unknown>;
  /** Stacks whose outputs may be read. */
  readonly others: readonly Stack[];
}

/** The references of a template. `resources`: those that are known so far, by logical id. */
export function referencesOf(
  template: Template,
  around: Surroundings,
  resources: ReadonlyMap<string, { readonly type: string; readonly physicalId: string }>,
): References {
  const pseudo = pseudoParameters(around);
  const needed = (logicalId: string) => {
    const resource = resources.get(logicalId);
    if (resource === undefined) throw unresolved([logicalId]);
    return resource;
  };
  const references: Omit<References, 'holds'> = {
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      return around.parameters.has(name) ? around.parameters.get(name) : needed(name).physicalId;
    },
    attribute: (logicalId, attribute) => attributeOf(needed(logicalId), attribute, around.place),
    stackOutput({ StackName, Region = around.place.region, OutputName }) {
      const stack = around.others.find(
        ({ stackName, place }) => stackName === StackName && place.region === Region,
      );
      const output = stack?.content?.outputs[OutputName];
      if (output === undefined)
        throw invalid(`there is no output ${OutputName} of ${StackName} in ${Region}`);
      return output.value;
    },
  };
  return { ...references, holds: conditionsOf(template, references) };
}

function pseudoParameters({ stackName, stackId, place }: Surroundings): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': place.accountId,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': stackId,
    'AWS::NoValue': NO_VALUE,
  };
}

/** @throws AwsError ValidationError if a rule of the template is broken */
export function needRules(template: Template, references: References): void {
  const broken = brokenRules(template, references);
  if (broken.length > 0) throw invalid(`Template error: ${broken.join('; ')}`);
}

export function outputsOf(
  { Outputs = {} }: Template,
  references: References,
): Readonly<Record<string, Output>> {
  const outputs = Object.entries(Outputs)
    .filter(([, { Condition }]) => Condition === undefined || references.holds(Condition))
    .map(([name, { Value, Export }]) => [
      name,
      {
        value: String(resolveIntrinsics(Value, references)),
        ...(Export !== undefined && { exportName: String(resolveIntrinsics(Export.Name, references)) }),
      },
    ]);
  return Object.fromEntries(outputs) as Readonly<Record<string, Output>>;
}
