/** Describes in words what a field may contain: `a whole number from 1 to 1000`. */
export function typeOf(schema) {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return either(schema.enum.map(code));
  if (schema.anyOf !== undefined) return unionOf(schema.anyOf);
  switch (schema.type) {
    case 'string':
      return `text${patternOf(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `a whole number${boundsOf(schema)}`;
    case 'array':
      return `a list of ${countOf(schema)}: ${typeOf(schema.items)}`;
    case 'object':
      return schema.properties === undefined
        ? `an object of names and values, each value ${typeOf(schema.additionalProperties)}`
        : objectOf(schema);
    default:
      throw new Error(`there are no words for ${JSON.stringify(schema)}: teach .ci/pages/job-types.mjs`);
  }
}

/** One of several types. A list whose elements may also stand alone is called "a list of these". */
function unionOf(members) {
  const flat = members.flatMap(one => one.anyOf ?? [one]);
  const single = flat.filter(({ type }) => type !== 'array').map(typeOf);
  const lists = flat.filter(({ type }) => type === 'array');
  const listed = lists.map(one =>
    single.includes(typeOf(one.items)) ? `a list of ${countOf(one)} of these` : typeOf(one),
  );
  return [either([...new Set(single)]), ...listed].join(', or ');
}

const objectOf = ({ properties }) => {
  const [[name, value], ...more] = Object.entries(properties);
  if (more.length > 0) return 'an object';
  return `\`{ "${name}": ${value.const === undefined ? '…' : JSON.stringify(value.const)} }\``;
};

const READABLE_PATTERN = 40;

/** A long pattern tells a reader nothing, so it is only in docs/job.schema.json. */
function patternOf({ pattern, format }) {
  const shown = pattern !== undefined && format === undefined && pattern.length <= READABLE_PATTERN;
  return shown ? ` that matches \`${pattern}\`` : '';
}

/** Zod writes the largest safe integer if there is no upper bound. */
function boundsOf({ minimum, maximum }) {
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER)
    return minimum === undefined ? '' : `, ${minimum} or more`;
  return ` from ${minimum} to ${maximum}`;
}

function countOf({ minItems = 0, maxItems }) {
  if (maxItems !== undefined) return `${minItems} to ${maxItems}`;
  return minItems === 0 ? 'any number' : `${minItems} or more`;
}

const code = value => `\`${JSON.stringify(value)}\``;

const either = words =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
