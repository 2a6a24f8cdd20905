import { bundlesOf, conditionsOf, type Bundle } from './bundles.ts';
import type { Grant, Home } from './grant.ts';

/** A statement as IAM reads it. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Principal?: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Deployed extends Home {
  readonly deployment: string;
  readonly allowPlaintextRoute: boolean;
}

type Who = Required<Pick<PolicyStatement, 'Principal' | 'Condition'>>;

/**
 * The roles of the stack, by the name that CloudFormation gives them: it begins with that of the stack, which it may cut. A role
 * by name would have to be there before the policy, and a role that is made anew would not be meant.
 */
export function rolesOf({ partition, account, deployment }: Deployed): Who {
  const begin = deployment.length > LONGEST_PREFIX ? deployment.slice(0, LONGEST_PREFIX) : `${deployment}-`;
  return {
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Condition: { ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::${account}:role/${begin}*` } },
  };
}

/** A role's name has 64 characters at most; so many are left of the name of its stack, or more. */
const LONGEST_PREFIX = 20;

export function statementsOf(grants: readonly Grant[]): readonly PolicyStatement[] {
  return bundlesOf(grants, () => Infinity)
    .flat()
    .map(bundle => ({
      ...{ Effect: 'Allow', Action: bundle.actions, Resource: bundle.resources },
      ...conditionOf(bundle),
    }));
}

function conditionOf(bundle: Bundle): Pick<PolicyStatement, 'Condition'> {
  const conditions = conditionsOf(bundle);
  return Object.keys(conditions).length === 0 ? {} : { Condition: conditions };
}
