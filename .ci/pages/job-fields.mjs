// The reference of a job's fields, made from the same JSON Schema as docs/job.schema.json.
import { jobJsonSchema } from '../../lambda/core/job/json-schema.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { typeOf } from './job-types.mjs';

/** The job has a heading, and so does each object in it that is large or one of several kinds. A field has a line. */
export function jobFields(schema = jobJsonSchema(formats)) {
  return section({ title: 'The job file', schema, depth: 0 }).join('\n\n');
}

function section({ title, schema, depth }) {
  const fields = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    field,
    required: schema.required?.includes(name) ?? false,
  }));
  const lines = fields.filter(one => partsOf(one.field, depth).length === 0).flatMap(one => linesOf(one));
  return [
    `${'#'.repeat(Math.min(depth + 3, 4))} ${title}`,
    ...(depth > 0 && schema.description !== undefined ? [schema.description] : []),
    lines.join('\n'),
    ...fields.flatMap(one => belowOf(one, depth)),
  ];
}

/** The sections for the objects that a field may be. */
function belowOf({ name, field, required }, depth) {
  return partsOf(field, depth).flatMap(part => {
    const type = part.properties.type?.const;
    const path = `\`${name}${field.type === 'array' ? '[]' : ''}\``;
    const told = [required ? 'Required.' : 'May be left out.', field.description].filter(Boolean).join(' ');
    return section({
      title: type === undefined ? path : `${path} of the type \`${type}\``,
      schema: { ...part, description: told },
      depth: depth + 1,
    });
  });
}

/** Objects that have headings: those distinguished by their `type`, and those at the top level of a job. */
function partsOf(field, depth) {
  const kinds = field.oneOf ?? field.items?.oneOf;
  if (kinds !== undefined) return kinds;
  return depth === 0 && field.properties !== undefined ? [field] : [];
}

function linesOf({ name, field, required }, indent = '') {
  const { description, default: preset } = field;
  if (description === undefined && field.const === undefined)
    throw new Error(`the field ${name} has no description: give it one where its schema is`);
  const facts = [
    typeOf(field),
    ...(required ? ['required'] : []),
    ...(preset === undefined ? [] : [`default \`${JSON.stringify(preset)}\``]),
  ];
  const words = description === undefined ? '' : ` ${description}`;
  return [
    `${indent}- **\`${name}\`** – ${facts.join('; ')}.${words}`,
    ...objectsIn(field).flatMap(object =>
      Object.entries(object.properties).flatMap(([inner, one]) =>
        linesOf(
          { name: inner, field: one, required: object.required?.includes(inner) ?? false },
          `${indent}  `,
        ),
      ),
    ),
  ];
}

/** The objects in a field whose own fields are listed below it. For an object with a single field, its type says enough. */
function objectsIn(field) {
  const within = [field, field.items, ...(field.anyOf ?? []), ...(field.items?.anyOf ?? [])];
  return within.filter(one => one?.properties !== undefined && Object.keys(one.properties).length > 1);
}
