import { MeasuredAws } from './measured-aws.ts';
import type { Answer, Command, Commands, Of } from './messages.ts';
import { clear } from './clear.ts';
import { neighbour } from './neighbour.ts';
import { Calls, createKeys, seedBucket, seedTable } from './seed.ts';

// The embedded AWS in a process of its own, so that its CPU and memory are nobody else's. The bench commands it by messages.

type Performed = { readonly [Name in Command]: (of: Of<Name>) => Answer<Name> | Promise<Answer<Name>> };

const aws = new MeasuredAws();
const calls = new Calls(aws);

const commands: Performed = {
  createKeys: () => createKeys(calls),
  deploy: ({ assembly }) => aws.deploy(assembly),
  seedTable: ({ seed, keys }) => seedTable(calls, seed, keys),
  seedBucket: ({ seed, keys }) => seedBucket(calls, seed, keys),
  clear: async store => {
    await clear(calls, store);
    return null;
  },
  count: ({ table, items }) => (aws.count(table, items), null),
  weather: weather => (aws.setWeather(weather), null),
  neighbour: async of => {
    await neighbour(calls, of);
    return null;
  },
  kmsSeconds: () => aws.kmsSeconds,
  readMeter: () => aws.meter.read(),
  resetMeter: () => (aws.meter.reset(), null),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
};

interface Asked {
  readonly id: number;
  readonly name: Command;
  readonly of: object;
}

process.on('message', ({ id, name, of }: Asked) => {
  const perform = commands[name] as (input: object) => Promise<ReturnType<Commands[Command]>>;
  Promise.resolve()
    .then(() => perform(of))
    .then(
      answer => process.send?.({ id, answer }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
});
process.on('disconnect', () => void aws.stop().finally(() => process.exit(0)));
process.send?.({ endpoint: await aws.start() });
