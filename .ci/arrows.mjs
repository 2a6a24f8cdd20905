// Fails if an arrow of arrows.mjs goes down, or if no import uses it. `npm run docs` prints the arrows.
import { cruise } from 'dependency-cruiser';
import cruiser, { isNamed } from '../.dependency-cruiser.mjs';
import { ROOMS } from '../arrows.mjs';

const above = index => ROOMS.slice(0, index).map(one => one.room);

/** An arrow must go to a room further up in the list. Otherwise two rooms could import each other. */
const goingDown = () =>
  ROOMS.flatMap((room, index) =>
    room.imports
      .filter(pattern => !above(index).some(name => isNamed(pattern, name)))
      .map(pattern => `${room.room} may import ${pattern}, which does not stand above it`),
  );

async function unused() {
  const { output } = await cruise(
    ['bin', 'cli', 'lib', 'lambda', 'emulator', 'examples', 'bench'],
    cruiser.options,
  );
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

const wrong = [...goingDown(), ...(await unused())];
for (const words of wrong) console.error(words);
process.exitCode = wrong.length === 0 ? 0 : 1;
