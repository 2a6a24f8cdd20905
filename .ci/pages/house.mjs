// Draws and lists the rooms of arrows.mjs.
import { isNamed } from '../../.dependency-cruiser.mjs';
import { ROOMS } from '../../arrows.mjs';

const code = names => names.map(name => `\`${name}\``).join(', ');

/** `core/plan` and `core/scan` are in one part of the house, `core`. `lib/jobs` and `lib/grants` are separate parts. */
const partOf = room => (['lib/jobs', 'lib/grants'].includes(room) ? room : room.split('/')[0]);

export function houseDrawing(rooms = ROOMS) {
  const parts = [...new Set(rooms.map(({ room }) => partOf(room)))];
  const arrows = new Map(parts.map(part => [part, importsOf(part, rooms)]));
  const lines = parts.flatMap(part => direct(part, arrows).map(to => `  ${id(part)} --> ${id(to)}`));
  return [
    '```mermaid',
    'flowchart TD',
    ...parts.map(part => `  ${id(part)}["${part}"]`),
    ...lines,
    '```',
  ].join('\n');
}

const id = part => part.replace('/', '_');

function importsOf(part, rooms) {
  const patterns = rooms.filter(({ room }) => partOf(room) === part).flatMap(({ imports }) => imports);
  const named = rooms.filter(({ room }) => patterns.some(pattern => isNamed(pattern, room)));
  return new Set(named.map(({ room }) => partOf(room)).filter(to => to !== part));
}

/** The arrows of a part, without those to parts that it also reaches by a longer way. */
function direct(part, arrows) {
  const reached = from => [...arrows.get(from)].flatMap(to => [to, ...reached(to)]);
  const all = [...arrows.get(part)];
  const indirect = new Set(all.flatMap(reached));
  return all.filter(to => !indirect.has(to));
}

/** Each room with what it may import. What all rooms of a part may import from outside is listed once, above them. */
export function houseList(rooms = ROOMS) {
  const parts = [...new Set(rooms.map(({ room }) => partOf(room)))];
  return parts
    .map(part =>
      partLines(
        part,
        rooms.filter(({ room }) => partOf(room) === part),
      ),
    )
    .join('\n');
}

function partLines(part, rooms) {
  const common = rooms[0].outside.filter(one => rooms.every(({ outside }) => outside.includes(one)));
  const from = common.length === 0 ? '' : ` – from outside: ${code(common)}`;
  return [`- **${part}**${from}`, ...rooms.map(room => `  - ${roomLine(room, part, common)}`)].join('\n');
}

function roomLine({ room, imports, outside }, part, common) {
  const short = imports.map(one => (part === 'core' ? one.replace('core/', '') : one));
  const ours = short.length === 0 ? 'nothing of ours' : code(short);
  const more = outside.filter(one => !common.includes(one));
  return `\`${room}\`: ${ours}${more.length === 0 ? '' : `; from outside also ${code(more)}`}`;
}
