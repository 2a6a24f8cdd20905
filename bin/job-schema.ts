import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsJsonSchema } from '../lambda/core/job/deployment-settings.ts';
import { jobJsonSchema } from '../lambda/core/job/json-schema.ts';
import { eventsJsonSchema } from '../lambda/core/report/run-event-schemas.ts';
import { statementJsonSchema } from '../lambda/core/evidence/statement.ts';
import { formats } from '../lambda/formats/registry.ts';

// Writes docs/*.schema.json from the schemas that validate jobs and settings, and from those of events. With --check, reports whether they are up to date.
const SCHEMAS = {
  job: jobJsonSchema(formats),
  deployment: settingsJsonSchema(),
  events: eventsJsonSchema(),
  statement: statementJsonSchema(),
};
for (const [name, schema] of Object.entries(SCHEMAS)) {
  const file = fileURLToPath(new URL(`../docs/${name}.schema.json`, import.meta.url));
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`docs/${name}.schema.json is not up to date; run npm run schema\n`);
    process.exitCode = 1;
  }
}
