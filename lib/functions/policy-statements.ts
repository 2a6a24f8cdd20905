import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { bundlesOf, conditionsOf, type Bundle } from '../grants/bundles.ts';
import type { Grant } from '../grants/grant.ts';

/** Policies that together allow just what is granted. `roomIn`: the characters that the policy of an index may have. */
export function policiesOf(
  grants: readonly Grant[],
  roomIn: (index: number) => number,
): readonly (readonly PolicyStatement[])[] {
  return bundlesOf(grants, roomIn).map(bundles => bundles.map(statementOf));
}

function statementOf(bundle: Bundle): PolicyStatement {
  return new PolicyStatement({
    actions: [...bundle.actions],
    resources: [...bundle.resources],
    conditions: conditionsOf(bundle),
  });
}
