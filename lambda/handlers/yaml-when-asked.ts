import { createRequire } from 'node:module';
import type { TextForm } from '../core/documents/text-document.ts';

/** The file beside a function that has the reader of YAML, made of core/documents/yaml.ts (lib/functions/bundle-handlers.mjs). */
const FILE = './yaml.cjs';

/**
 * YAML, read from its file when the first YAML document appears. The bundles of the functions have this instead of
 * core/documents/yaml.ts, so that a function does not load 120 KB at its start for what few stores hold. It loads by `require`,
 * because documents are opened within pure functions, which do not wait.
 */
export const yaml: TextForm = {
  read: text => form().read(text),
  writer: text => form().writer(text),
};

let loaded: TextForm | undefined;

function form(): TextForm {
  loaded ??= (createRequire(import.meta.url)(FILE) as { readonly yaml: TextForm }).yaml;
  return loaded;
}
