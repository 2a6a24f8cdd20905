import { Turns } from '../../emulator/dynamodb/turns.ts';

/** Work that begins when its turn comes, and ends when the test says so. */
function work(name: string, log: string[]) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>(resolve => (end = resolve));
  return {
    begin: async () => {
      log.push(`${name} begins`);
      await ended;
      log.push(`${name} ends`);
    },
    end: () => end(),
  };
}

const settle = () => new Promise(resolve => setImmediate(resolve));

describe('turns', () => {
  it('are taken together, and alone only when all that came before have ended', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [one, two, alone, later] = ['one', 'two', 'alone', 'later'].map(name => work(name, log));
    const all = [
      turns.together(one!.begin),
      turns.together(two!.begin),
      turns.alone(alone!.begin),
      turns.together(later!.begin),
    ];
    later!.end();
    two!.end();
    await settle();
    expect(log).toEqual(['one begins', 'two begins', 'two ends']);
    one!.end();
    await settle();
    expect(log.slice(3)).toEqual(['one ends', 'alone begins']);
    alone!.end();
    await Promise.all(all);
    expect(log.slice(5)).toEqual(['alone ends', 'later begins', 'later ends']);
  });

  it('alone come one after the other, and go on after a failure', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const failing = turns.alone(() => Promise.reject(new Error('refused')));
    const [first, second] = [work('first', log), work('second', log)];
    const all = [
      turns.alone(first.begin),
      turns.alone(second.begin),
      turns.together(() => Promise.resolve()),
    ];
    await expect(failing).rejects.toThrow('refused');
    second.end();
    await settle();
    expect(log).toEqual(['first begins']);
    first.end();
    await Promise.all(all);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });
});
