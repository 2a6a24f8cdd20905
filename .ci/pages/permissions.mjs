// What each role may do, on what, under which condition, and why, from the synthesized template and reasons.mjs.
import { grantsOf, ROLES } from './grants.mjs';
import { REASONS } from './reasons.mjs';
import { inWords } from './resources.mjs';
import { template } from './template.mjs';

export function permissions(grants = grantsOf(template()), reasons = REASONS) {
  const wrong = mismatches(grants, reasons);
  if (wrong.length > 0) throw new Error(`docs/permissions.md cannot be written:\n${wrong.join('\n')}`);
  const lines = Object.fromEntries(
    Object.keys(ROLES).map(role => [
      role,
      linesOf(
        grants.filter(grant => grant.role === role),
        reasons,
      ),
    ]),
  );
  return Object.keys(ROLES)
    .map(role => `### ${role}\n\n${shortened(role, lines).join('\n')}`)
    .join('\n\n');
}

/** It reads no journal, because nothing rests on one where Encrypt has made the ciphertexts. */
const READS_JOURNAL = /^- `s3:\w+` on .*the journal bucket.*: to learn /;

/** The worker of the route decrypt-encrypt does what the other worker does, but with other permissions on keys. */
function shortened(role, lines) {
  if (role !== 'MigrateUnitPlaintext') return lines[role];
  const own = lines[role].filter(line => !lines.MigrateUnit.includes(line));
  const missing = lines.MigrateUnit.filter(line => !lines[role].includes(line));
  const others = [...own, ...missing.filter(line => !READS_JOURNAL.test(line))];
  if (others.some(line => !line.startsWith('- `kms:'))) return lines[role];
  return [
    ...own,
    '- Besides, all that MigrateUnit may do with stores, journal, run bucket, ledger and log group, for the same reasons, but to read the journal.',
  ];
}

const fits = (grant, { roles, actions, family }) =>
  family === grant.family && roles.includes(grant.role) && actions.includes(grant.action);

/** Checks that every action of every role has exactly one reason, and that every reason has a grant. */
export function mismatches(grants, reasons) {
  const bare = grants.flatMap(grant => {
    const found = reasons.filter(reason => fits(grant, reason)).length;
    return found === 1 ? [] : [`${grant.role}: ${grant.action} on ${grant.kind} has ${found} reasons`];
  });
  const idle = reasons.flatMap(({ roles, actions, family }) =>
    roles.flatMap(role =>
      actions
        .filter(action => !grants.some(grant => fits(grant, { roles: [role], actions: [action], family })))
        .map(action => `${role}: ${action} on ${family} has a reason, and no grant`),
    ),
  );
  return [...new Set([...bare, ...idle])];
}

/** Actions that a role has on the same resources, for the same reason and under the same condition, share a line. */
function linesOf(grants, reasons) {
  const ofAction = groupBy(grants, ({ action, condition, family }) => [action, condition, family].join());
  const told = ofAction.map(group => ({
    action: group[0].action,
    on: inWords(group.map(({ kind }) => kind)),
    condition: group[0].condition,
    reason: reasons.findIndex(reason => fits(group[0], reason)),
  }));
  return groupBy(told, ({ on, condition, reason }) => [reason, on, condition].join())
    .sort(([a], [b]) => a.reason - b.reason)
    .map(group => lineOf(group, reasons));
}

function lineOf(group, reasons) {
  const [{ on, condition, reason }] = group;
  const names = [...new Set(group.map(({ action }) => action))].sort().map(name => `\`${name}\``);
  const only = condition === '' ? '' : `, ${condition}`;
  return `- ${names.join(', ')} on ${on}${only}: ${reasons[reason].why}.`;
}

function groupBy(all, keyOf) {
  const groups = new Map();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}
