import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jobJsonSchema } from '../lambda/core/job/json-schema.ts';
import { formats } from '../lambda/formats/registry.ts';

// Writes docs/job.schema.json from the schema that validates jobs. With --check, reports whether it is up to date.
const file = fileURLToPath(new URL('../docs/job.schema.json', import.meta.url));
const schema = `${JSON.stringify(jobJsonSchema(formats), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, schema);
else if (readFileSync(file, 'utf8') !== schema) {
  process.stderr.write('docs/job.schema.json is not up to date; run npm run schema\n');
  process.exitCode = 1;
}
