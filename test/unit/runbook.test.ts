import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALARMS, descriptionOf } from '../../lib/operations/alarm-list.ts';
import { RUN_EVENTS } from '../../lambda/core/report/run-event-schemas.ts';
import { refuse, runbookCode, withRunbook } from '../../lambda/core/model/refuse.ts';
import { refusalOf } from '../../lambda/core/report/failure-words.ts';
import { ROOT } from '../support/readme.ts';

const RUNBOOK = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const PARTS = ['Means', 'Look here', 'Do this', 'When not to'];

/** What stands under a heading, up to the next one. */
function paragraph(heading: string): string {
  const [, text = ''] = RUNBOOK.split(`\n### ${heading}\n`);
  return text.split(/\n##/)[0] ?? '';
}

const headings = [...RUNBOOK.matchAll(/^### (\S+)$/gm)].map(([, heading]) => heading);

/** Every code that the sources refuse a run with. */
function refusalCodes(folder = join(ROOT, 'lambda/core')): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.ts'),
  );
  const found = files.flatMap(file =>
    [
      ...readFileSync(join(folder, file), 'utf8').matchAll(
        /(?:refuse|new RunRefused)\(\s*'([a-z]+\.[A-Za-z]+)'/g,
      ),
    ].map(([, code]) => code!),
  );
  return [...new Set(found)].sort();
}

describe('the runbook', () => {
  it('has a paragraph for every alarm and every refusal, and for nothing that is neither', () => {
    expect(refusalCodes().length).toBeGreaterThan(3);
    expect([...headings].sort()).toEqual([...ALARMS.map(({ name }) => name), ...refusalCodes()].sort());
  });

  it.each(headings)('says of %s what it means, where to look, what to do, and when not to', heading => {
    const parts = [...paragraph(heading!).matchAll(/^\*\*([^*]+)\.\*\* \S/gm)].map(([, part]) => part);
    expect(parts).toEqual(PARTS);
  });

  it('names every event', () => {
    for (const type of Object.keys(RUN_EVENTS)) expect(RUNBOOK).toContain(`- \`${type}\`: `);
  });

  it('is named by every alarm', () => {
    for (const alarm of ALARMS) expect(descriptionOf(alarm)).toContain(`docs/runbook.md, ${alarm.name}.`);
  });
});

describe('a refusal', () => {
  const refused = withRunbook(refuse('plan.input', [{ path: 'job', words: 'is not there; write one' }]));

  it('names its paragraph in its last line, and is otherwise what it was', () => {
    expect(refused).toMatchObject({ name: 'RunRefused', code: 'plan.input' });
    expect(refused.message.split('\n')).toEqual([
      'job: is not there; write one',
      'docs/runbook.md says more about plan.input',
    ]);
    expect(runbookCode(refused.message)).toBe('plan.input');
  });

  it('is known by its paragraph however long its words are', () => {
    const Cause = JSON.stringify({ errorMessage: `${'x'.repeat(5_000)}\n${refused.message}` });
    expect(refusalOf({ Error: 'RunRefused', Cause }).code).toBe('plan.input');
  });

  it('has none where it was a failure', () => {
    expect(refusalOf({ Error: 'ServiceUnavailable', Cause: 'kms did not answer' })).not.toHaveProperty(
      'code',
    );
  });
});
