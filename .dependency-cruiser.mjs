import { CURES } from './.ci/arrow-cures.mjs';
import { ROOMS, TEST_ROOMS } from './arrows.mjs';

/** The matrix of arrows.mjs as rules. Paths are as resolved: `fs` for `node:fs`, `node_modules/zod/…` for `zod`. */
const rooms = [...ROOMS, ...TEST_ROOMS];

/** `core/*` names every room of the core. */
export const isNamed = (pattern, name) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

function outside(name) {
  if (name === '*') return ['^node_modules/'];
  if (name === 'node:*') return [];
  if (name.startsWith('node:')) return [`^${name.slice('node:'.length)}$`];
  return [`^(node_modules/)?${name.endsWith('/*') ? name.slice(0, -1) : `${name}(/|$)`}`];
}

function allowedTo(room) {
  const imports = rooms.filter(({ room: name }) => room.imports.some(pattern => isNamed(pattern, name)));
  return [...[room, ...imports].map(({ files }) => files), ...room.outside.flatMap(outside)];
}

function rulesOf(room) {
  const own = rooms.filter(({ files }) => files !== room.files && files.startsWith(room.files));
  const anyModule = room.outside.some(name => ['*', 'node:*'].includes(name));
  const rule = (number, to, words) => ({
    name: `${room.room}-${number}`.replace(/[^a-z0-9]+/g, '-'),
    severity: 'error',
    comment: words,
    from: { path: room.files, pathNot: own.map(({ files }) => files) },
    to: { ...to, ...(anyModule && { dependencyTypesNot: ['core'] }) },
  });
  const allowed = allowedTo(room);
  const cures = room.because === undefined ? CURES : [];
  const rest = room.because ?? `${room.room} may import ${[...room.imports, ...room.outside].join(', ')}.`;
  return [
    ...cures.map(({ files, words }, index) => rule(index + 1, { path: files, pathNot: allowed }, words)),
    rule(0, { pathNot: [...allowed, ...cures.map(({ files }) => files)] }, rest),
  ];
}

export default {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'Files import each other in a ring: move what both need to where both may see it.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-room',
      severity: 'error',
      comment: 'The file is in no room: give its folder a line in arrows.mjs.',
      from: {
        path: '^(bin|cli|lib|lambda|emulator|examples|bench)/',
        pathNot: rooms.map(({ files }) => files),
      },
      to: {},
    },
    ...rooms.filter(({ imports }) => !imports.includes('*')).flatMap(rulesOf),
  ],
  options: {
    // A type that is imported is an arrow, too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/unit/fixtures' },
  },
};
