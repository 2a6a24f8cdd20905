// Gives the page generators input that they must refuse, and writes their error messages, by name, to standard output.
import { grantsOf } from '../../.ci/pages/grants.mjs';
import { jobFields } from '../../.ci/pages/job-fields.mjs';
import { mismatches } from '../../.ci/pages/permissions.mjs';
import { REASONS } from '../../.ci/pages/reasons.mjs';
import { staleness, withSections } from '../../.ci/pages/sections.mjs';
import { stateMachine } from '../../.ci/pages/state-machine.mjs';
import { wideTables } from '../../.ci/pages/wide-tables.mjs';
import { template } from '../../.ci/pages/template.mjs';

const thrown = act => {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return error.message;
  }
};
const policyOf = statement => ({
  Resources: {
    FunctionsPlanRole: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } },
    },
  },
});
const grants = grantsOf(template());
const [one] = grants;
const page = 'docs/planted.md';
const empty = '# Planted\n\n<!-- part: npm run docs -->\n<!-- /part -->\n';
const written = await withSections(page, empty, { part: 'As it is.' });
const map = States => ({ Type: 'Map', ItemProcessor: { States } });
const unit = map({ Other: { Type: 'Task', End: true } });
const longer = map({ One: { Type: 'Task', Next: 'One done' }, 'One done': { Type: 'Succeed' } });
const machine = (...maps) => ({
  StartAt: 'Map0',
  States: Object.fromEntries(maps.map((one, index) => [`Map${index}`, one])),
});

process.stdout.write(
  JSON.stringify({
    fresh: await staleness(page, written, { part: 'As it is.' }),
    stale: await staleness(page, written, { part: 'As it has become.' }),
    edited: await staleness(page, written.replace('it is', 'it was'), { part: 'As it is.' }),
    noPlace: await withSections(page, '# Planted\n', { part: 'As it is.' }).catch(({ message }) => message),
    wide: wideTables(page, `| a | b |\n| - | - |\n| c | ${'d'.repeat(92)} |\n| c | ${'d'.repeat(93)} |\n`),
    reasons: mismatches(grants, REASONS),
    newAction: mismatches([...grants, { ...one, action: 'kms:DisableKey' }], REASONS),
    newRole: mismatches([...grants, { ...one, role: 'Retire' }], REASONS),
    goneAction: mismatches(
      grants.filter(({ action }) => action !== 'events:PutEvents'),
      REASONS,
    ),
    resource: thrown(() => grantsOf(policyOf({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::other' }))),
    condition: thrown(() =>
      grantsOf(policyOf({ Action: 's3:GetObject', Resource: '*', Condition: { Bool: { other: 'true' } } })),
    ),
    deny: thrown(() => grantsOf(policyOf({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*' }))),
    undescribed: thrown(() => jobFields({ properties: { odd: { type: 'string' } } })),
    field: thrown(() => jobFields({ properties: { odd: { type: 'number', description: 'Odd.' } } })),
    units: thrown(() => stateMachine(machine(unit, longer))),
  }),
);
