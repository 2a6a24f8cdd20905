// Prints the matrix of arrows.mjs into docs/architecture.md. With --check it writes nothing, and fails where the page is not
// what it would write, where an arrow goes down, or where nothing goes along one.
import { readFileSync, writeFileSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import { format, resolveConfig } from 'prettier';
import cruiser, { isNamed } from '../.dependency-cruiser.mjs';
import { ROOMS } from '../arrows.mjs';

const PAGE = new URL('../docs/architecture.md', import.meta.url);
const [BEGIN, END] = ['<!-- arrows: npm run arrows -->', '<!-- /arrows -->'];

function table() {
  const cell = names =>
    names.length === 0 ? 'nothing of ours' : names.map(name => `\`${name}\``).join(', ');
  const short = ({ room, imports }) =>
    room.startsWith('core/') ? imports.map(one => one.replace('core/', '')) : imports;
  const outside = (room, index) =>
    room.outside === ROOMS[index - 1]?.outside ? 'as above' : cell(room.outside);
  const rows = ROOMS.map((room, index) => [`\`${room.room}\``, cell(short(room)), outside(room, index)]);
  const head = [
    ['room', 'may import', 'from outside'],
    ['-', '-', '-'],
  ];
  return [...head, ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
}

async function page(old) {
  const [before, after] = [old.indexOf(BEGIN) + BEGIN.length, old.indexOf(END)];
  if (after < before) throw new Error(`docs/architecture.md has no place between ${BEGIN} and ${END}`);
  const text = `${old.slice(0, before)}\n\n${table()}\n\n${old.slice(after)}`;
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

const above = index => ROOMS.slice(0, index).map(one => one.room);

/** An arrow goes to a room that stands above; else two rooms could import each other. */
const goingDown = () =>
  ROOMS.flatMap((room, index) =>
    room.imports
      .filter(pattern => !above(index).some(name => isNamed(pattern, name)))
      .map(pattern => `${room.room} may import ${pattern}, which does not stand above it`),
  );

async function unused() {
  const { output } = await cruise(['bin', 'cli', 'lib', 'lambda', 'emulator', 'examples'], cruiser.options);
  const roomOf = path => ROOMS.find(({ files }) => new RegExp(files).test(path))?.room;
  const used = new Set(
    output.modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => `${roomOf(source)} → ${roomOf(resolved)}`),
    ),
  );
  return ROOMS.flatMap(({ room, imports }) =>
    imports
      .filter(pattern => !pattern.endsWith('*') && !used.has(`${room} → ${pattern}`))
      .map(pattern => `${room} may import ${pattern}, and does not: take it off the list`),
  );
}

const old = readFileSync(PAGE, 'utf8');
const now = await page(old);
if (process.argv.includes('--check')) {
  const stale = now === old ? [] : ['docs/architecture.md is not what `npm run arrows` writes'];
  const wrong = [...stale, ...goingDown(), ...(await unused())];
  for (const words of wrong) console.error(words);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  writeFileSync(PAGE, now);
}
