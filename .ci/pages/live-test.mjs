import { QUESTIONS_ALONE, WITH_PRODUCT } from '../../test/live/bounds.ts';
import { reckon } from '../../test/live/cost/reckon.ts';
import { NOT_ASKED } from '../../test/live/questions/not-asked.ts';
import { QUESTIONS } from '../../test/live/questions/registry.ts';

/** The questions by service, as docs/live-test.md shows them. */
export function liveQuestions() {
  const services = [...new Set(QUESTIONS.map(({ service }) => service))];
  const asked = services.map(service =>
    [
      `### ${service}`,
      '',
      ...QUESTIONS.filter(one => one.service === service).map(
        ({ id, open, calls, assumed }) => `- \`${id}\`: ${open}. Calls: ${calls}. Assumed: _${assumed}_.`,
      ),
    ].join('\n'),
  );
  const others = NOT_ASKED.map(({ id, open, why }) => `- \`${id}\`: ${open}. Not asked, because ${why}.`);
  return [...asked, ['### Not asked', '', ...others].join('\n')].join('\n\n');
}

/** What a run is reckoned to cost at most. */
export function liveCosts() {
  const { lines, dollars, ifForgottenMonthly } = reckon(WITH_PRODUCT);
  return [
    ...lines.map(line => `- ${line.what}: ${line.arithmetic} = $${line.dollars.toFixed(4)}`),
    '',
    `Together $${dollars.toFixed(2)}; $${reckon(QUESTIONS_ALONE).dollars.toFixed(2)} with \`--questions\`. A run that is killed and never cleaned costs some $${ifForgottenMonthly.toFixed(2)} a month.`,
  ].join('\n');
}
