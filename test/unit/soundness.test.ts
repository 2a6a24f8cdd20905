import { PLANTED_BUGS } from '../soundness/planted-bugs.ts';
import { live } from '../soundness/life.ts';
import { play } from '../soundness/play.ts';
import { missingKinds, NONE, withLived, withPlayed } from '../soundness/totals.ts';

/**
 * A small sample of what `npm run test:soundness` plays in large numbers: .ci/run, 10,000 pairs and 1,000 lives. All kinds come up in
 * the first 100 pairs and 20 lives.
 */
const PAIRS = 300;
const LIVES = 30;

describe('whatever store a job meets, whether it fits or not', () => {
  it('exit code 0 and the advice to disable a key mean that its readers read on, and every verdict is that of the rule', async () => {
    let totals = NONE;
    for (let seed = 1; seed <= PAIRS; seed++) totals = withPlayed(totals, await play(seed));
    for (let seed = 1; seed <= LIVES; seed++) totals = withLived(totals, await live(seed));
    expect(totals.violations).toEqual([]);
    expect(missingKinds(totals)).toEqual([]);
    expect(totals.pairs).toBe(PAIRS);
  }, 60_000);

  it.each(PLANTED_BUGS)('it would be seen if the product $name', async ({ bug }) => {
    const violations: string[] = [];
    for (let seed = 1; seed <= 500 && violations.length === 0; seed++)
      violations.push(...(await play(seed, bug)).violations);
    expect(violations).not.toEqual([]);
  });
});
