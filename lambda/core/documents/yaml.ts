import { parseAllDocuments } from 'yaml';
import { noDocument, type NoDocument } from './document.ts';
import type { Place } from './place.ts';
import type { TextForm } from './text-document.ts';
import { yamlExcess } from './yaml-bounds.ts';
import { yamlPlaces } from './yaml-places.ts';
import { yamlScalar } from './yaml-scalars.ts';

/**
 * YAML, of which scalars are replaced: comments, order, indentation and the style of each stay. SOPS writes its keys into each
 * document of a stream.
 */
export const yaml: TextForm = { read, writer: () => ({ value: yamlScalar }) };

/**
 * Control characters are no YAML. What stands for a line break in one version of YAML, or with one parser only, would put
 * values elsewhere for some readers.
 */
const DISPUTED = /[\0-\x08\v\f\x0E-\x1F\x7F\x85\u2028\u2029]|\r(?!\n)|(?!^)\uFEFF/;

function read(text: string): Place | NoDocument {
  if (DISPUTED.test(text)) return noDocument('has characters that readers of YAML do not agree about');
  const excess = yamlExcess(text);
  if (excess !== undefined) return noDocument(excess);
  // Every scalar as a text: what plain ones mean is decided here, and no alias is followed.
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if ('empty' in documents) return noDocument('is an empty YAML stream');
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error !== undefined) return noDocument(`is not YAML: ${error.code} at character ${error.pos[0] + 1}`);
  const roots = documents.map(({ contents }) => contents);
  return roots.every(root => root === null)
    ? noDocument('is an empty YAML document')
    : yamlPlaces(text, roots);
}
