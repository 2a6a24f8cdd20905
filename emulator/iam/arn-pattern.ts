import { patternOf, type Pattern, type PatternOptions } from './patterns.ts';

const FIELDS = 6;

/**
 * A pattern for ARNs. Each of the six fields is matched by itself, so that no wildcard reaches over a colon; the last
 * field, the resource, may hold colons. An incomplete pattern is completed with wildcards
 * (IAM user guide, Resource element and ARN condition operators).
 */
export function arnPatternOf(text: string, options: Omit<PatternOptions, 'wildcards'>): Pattern {
  if (text === '*') return () => true;
  const fields = split(text);
  const patterns = [...fields, ...Array<string>(FIELDS - fields.length).fill('*')].map(field =>
    patternOf(field, { ...options, wildcards: true }),
  );
  return (arn, context) => {
    const candidate = split(arn);
    return (
      candidate.length === FIELDS &&
      patterns.every((pattern, index) => pattern(candidate[index] ?? '', context))
    );
  };
}

/** At the first five colons that are not inside a variable, whose name holds a colon: `${aws:username}`. */
function split(text: string): readonly string[] {
  const fields: string[] = [];
  let [start, depth] = [0, 0];
  for (let index = 0; index < text.length && fields.length < FIELDS - 1; index++) {
    const character = text[index];
    if (character === '$' && text[index + 1] === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (character === ':' && depth === 0) {
      fields.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...fields, text.slice(start)];
}
