import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import { interruptible } from '../../cli/context/interrupts.ts';
import { keepInSight, type Missed, type Sight } from '../../cli/follow/keep-in-sight.ts';

const RUN = 'orders-migrate-1';
const status = (state: ExecutionStatus['state']): ExecutionStatus => ({ runId: RUN, state, startedAt: '' });
const GOES_ON = `run ${RUN} goes on: rewrap watch ${RUN} follows it, rewrap stop ${RUN} ends it`;
const network: Missed = { kind: 'for-now', words: 'AWS does not answer' };

/** Looks that find one of these each, the last one for ever. */
function sight(looks: readonly (ExecutionStatus | undefined | Missed)[]) {
  const notes: string[] = [];
  const waits: number[] = [];
  let count = 0;
  const ports: Sight = {
    runId: RUN,
    look: async () => {
      const found = looks[Math.min(count++, looks.length - 1)];
      if (found !== undefined && 'kind' in found) throw Object.assign(new Error('missed'), { found });
      return found;
    },
    missed: error => (error as { readonly found: Missed }).found,
    sleep: async ms => void waits.push(ms),
    interrupted: () => false,
    note: words => void notes.push(words),
  };
  return { ports, notes, waits };
}

describe('a run that is followed', () => {
  it('is looked at twice a second until its end', async () => {
    const { ports, waits, notes } = sight([status('running'), status('running'), status('succeeded')]);
    expect(await keepInSight(ports)).toEqual(status('succeeded'));
    expect([waits, notes]).toEqual([[500, 500], []]);
  });

  it('may be out of sight for a while, which is said once, and so is that it is back', async () => {
    const { ports, waits, notes } = sight([network, network, network, status('running'), status('failed')]);
    expect(await keepInSight(ports)).toEqual(status('failed'));
    expect(waits).toEqual([1_000, 2_000, 4_000, 500]);
    expect(notes).toEqual([
      `lost sight of run ${RUN}, which goes on: AWS does not answer. Looking again for ten minutes`,
      `run ${RUN} is in sight again`,
    ]);
  });

  it('is given up after ten minutes, with how to find it again; the run has not failed for that', async () => {
    const { ports, waits } = sight([status('running'), network]);
    await expect(keepInSight(ports)).rejects.toMatchObject({
      name: 'LostSight',
      message: `AWS does not answer; ${GOES_ON}`,
    });
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect([waited > 600_000, waited < 640_000]).toEqual([true, true]);
    expect(Math.max(...waits)).toBe(30_000);
  });

  it('is given up at once where looking again would not help', async () => {
    const { ports, waits } = sight([{ kind: 'for-good', words: 'you may not look' }]);
    await expect(keepInSight(ports)).rejects.toThrow(`you may not look; ${GOES_ON}`);
    expect(waits).toEqual([]);
  });

  it('goes on when the user interrupts, who is told how to follow or end it', async () => {
    const { ports } = sight([status('running')]);
    const followed = interruptible(interrupts =>
      keepInSight({
        ...ports,
        ...interrupts,
        look: async () => {
          process.emit('SIGINT');
          return status('running');
        },
      }),
    );
    await expect(followed).rejects.toMatchObject({ name: 'LostSight', message: GOES_ON });
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});
