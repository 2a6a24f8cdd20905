import fc from 'fast-check';
import { pathToFileURL } from 'node:url';
import { contextOf } from '../../emulator/iam/context.ts';
import { evaluate } from '../../emulator/iam/evaluate.ts';
import { parsePolicy } from '../../emulator/iam/policy.ts';
import { iamCase, type IamCase } from './iam-cases.ts';

/** The part of the simulator that is used. */
interface Simulator {
  readonly runSimulation: (simulation: object, options: object) => Promise<Simulated>;
}

interface Simulated {
  readonly resultType: string;
  readonly errors?: unknown;
  readonly overallResult?: string;
  readonly result?: { readonly ignoredContextKeys?: readonly string[] };
}

const [, , simulatorFile = '', cases = '20000', seed = String(Date.now() % 1_000_000)] = process.argv;
const { runSimulation } = (await import(pathToFileURL(simulatorFile).href)) as Simulator;

async function theirs(asked: IamCase): Promise<boolean> {
  const named = (policy: object, index: number): object => ({ name: `policy-${index}`, policy });
  const { principal, action, resource, resourceAccountId, context, identity, boundary, resourcePolicy } =
    asked;
  const { resultType, errors, overallResult, result } = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: resourceAccountId },
        contextVariables: context,
      },
      identityPolicies: identity.map(named),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundary !== undefined && { permissionBoundaryPolicies: [named(boundary, 0)] }),
      ...(resourcePolicy !== undefined && { resourcePolicy }),
    },
    {},
  );
  if (resultType !== 'single') throw new Error(`the simulator does not take this: ${JSON.stringify(errors)}`);
  const ignored = result?.ignoredContextKeys ?? [];
  if (ignored.length > 0) throw new Error(`the simulator ignores ${ignored.join(', ')}`);
  return overallResult === 'Allowed';
}

function ours(asked: IamCase): boolean {
  const { principal: arn, action, resource, resourceAccountId, context, identity, boundary } = asked;
  const kind = arn.includes(':role/') ? 'role' : 'user';
  const request = {
    principal: { kind, arn, accountId: arn.split(':')[4] ?? '' } as const,
    ...{ action, resource, resourceAccountId },
    context: contextOf(context),
  };
  const decision = evaluate(request, {
    identity: identity.map(policy => parsePolicy(policy, 'identity')),
    boundary: boundary === undefined ? undefined : parsePolicy(boundary, 'identity'),
    resource: asked.resourcePolicy === undefined ? undefined : parsePolicy(asked.resourcePolicy, 'resource'),
    resourceDecides: action.startsWith('kms:'),
  });
  return decision.kind === 'allowed';
}

let allowed = 0;
await fc.assert(
  fc.asyncProperty(iamCase, async asked => {
    const [we, they] = [ours(asked), await theirs(asked)];
    if (they) allowed++;
    if (we !== they)
      throw new Error(`${we ? 'allowed' : 'denied'} here, ${they ? 'allowed' : 'denied'} there`);
  }),
  { numRuns: Number(cases), seed: Number(seed) },
);
process.stdout.write(`${cases} questions, ${allowed} allowed, the same answer to each (seed ${seed})\n`);
