import { kindOf } from './resources.mjs';

/** The roles of the template in the order of the page: each has a heading, and the prefixes of its policy names. */
export const ROLES = {
  Plan: ['FunctionsPlanRole', 'PipelineSeeRuns'],
  MigrateUnit: ['FunctionsMigrateUnitRole'],
  MigrateUnitPlaintext: ['FunctionsMigrateUnitPlaintextRole'],
  VerifyUnit: ['FunctionsVerifyUnitRole'],
  RollbackUnit: ['FunctionsRollbackUnitRole'],
  FollowTable: ['FunctionsFollowTableRole', 'FollowMappings'],
  FollowBucket: ['FunctionsFollowBucketRole', 'FollowReadWritten'],
  Report: ['FunctionsReportRole'],
  'The state machine': ['PipelineStateMachine'],
  'The scheduler': ['SchedulerRole', 'OperationsWatchSchedulerRole'],
};

/** Every action that a role may perform on a kind of resource, with the condition in words. */
export function grantsOf(template) {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(Type))
    .flatMap(([id, { Properties }]) => {
      const role = roleOf(id);
      return Properties.PolicyDocument.Statement.flatMap(statement => grantsIn(role, statement));
    });
}

function roleOf(policy) {
  const found = Object.entries(ROLES).find(([, starts]) => starts.some(start => policy.startsWith(start)));
  if (found === undefined) throw new Error(`the policy ${policy} is of no role in .ci/pages/grants.mjs`);
  return found[0];
}

function grantsIn(role, { Effect, Action, Resource, Condition }) {
  if (Effect !== 'Allow') throw new Error(`a statement of ${role} is no Allow: teach .ci/pages/grants.mjs`);
  const condition = conditionOf(Condition);
  return [Action].flat().flatMap(action =>
    [Resource].flat().map(resource => {
      const { family, words } = kindOf(resource);
      return { role, action, family: condition.family ?? family, kind: words, condition: condition.words };
    }),
  );
}

/** Every condition that the stack uses, as it is written in the template. */
const CONDITIONS = [
  [/"kms:ViaService":"dynamodb\./, { words: 'only through DynamoDB' }],
  [/"kms:ViaService":"s3\./, { words: 'only through S3' }],
  // The words for the resource already say it.
  [/"kms:ResourceAliases"/, { words: '' }],
  [/"StringLikeIfExists":{"s3:prefix":"a\/b\*"}/, { words: 'only under the prefix' }],
  [
    /"StringEquals":{"s3:prefix":\["","a\/"\]}/,
    { words: 'only the folders above the prefix', family: 'folders' },
  ],
  [/"StringLikeIfExists":{"s3:prefix":"runs\/\*"}/, { words: 'only under `runs/`' }],
  [/"StringLikeIfExists":{"s3:prefix":\["outcomes\/\*"\]}/, { words: 'only under `outcomes/`' }],
  [
    /"StringLikeIfExists":{"s3:prefix":\["intents\/\*","outcomes\/\*"\]}/,
    { words: 'only under `intents/` and `outcomes/`' },
  ],
];

function conditionOf(condition) {
  if (condition === undefined) return { words: '' };
  const text = JSON.stringify(condition);
  const found = CONDITIONS.find(([pattern]) => pattern.test(text));
  if (found === undefined) throw new Error(`${text} has no words: give it some in .ci/pages/grants.mjs`);
  return found[1];
}
