const round = value => Number(value.toPrecision(3));
const ratio = (figures, one, other) =>
  figures[one].cpuMicrosecondsPerDataKey.median / figures[other].cpuMicrosecondsPerDataKey.median;

const goal = (words, { most, least, figure, why }) => {
  const known = figure !== undefined && Number.isFinite(figure);
  const met = known && (most === undefined || figure <= most) && (least === undefined || figure >= least);
  const bound = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  return [
    words,
    bound,
    known ? String(round(figure)) : 'not measured',
    met ? 'met' : `no: ${known ? why : 'not measured yet'}`,
  ];
};

const OVER_LOGS = 'the verify pass asks KMS again; log lines';
const SMALL_MACHINE = 'the embedded AWS shares the cores and is the bottleneck here';

function countedGoals({ figures }) {
  return figures.flatMap(({ store, ratios, costWithLambda }) => [
    goal(`KMS requests per data key, migrate and verify (${store})`, {
      ...{ most: 1.02, figure: ratios.kmsRequests, why: 'the verify pass asks KMS about each' },
    }),
    goal(`Cost over the calls of one pass (${store})`, {
      most: 1.08,
      figure: costWithLambda,
      why: OVER_LOGS,
    }),
    goal(`KMS requests per data key, second run (${store})`, {
      ...{ most: 0.05, figure: ratios.secondRun, why: 'a second run asks KMS again in both passes' },
    }),
  ]);
}

function measuredGoals({ comparisons, rate }) {
  const near = comparisons.filter(({ latencyMs }) => latencyMs === 0);
  const far = comparisons.find(({ latencyMs }) => latencyMs > 0).figures;
  return [
    ...near.map(({ store, figures }) =>
      goal(`CPU of migrate over the bare pair (${store})`, {
        ...{
          most: 0.5,
          figure: ratio(figures, 'product', 'bare-pair'),
          why: 'scan, journal and log lines cost CPU',
        },
      }),
    ),
    goal('Throughput at 5 ms over the loop', {
      ...{ least: 50, why: SMALL_MACHINE },
      figure: far.product.dataKeysPerSecond.median / far.loop.dataKeysPerSecond.median,
    }),
    goal('Sustained part of the rate cap', {
      least: 0.97,
      figure: rate.sustained,
      why: 'pauses between pages',
    }),
    goal('Seconds above the cap', {
      most: 0,
      figure: rate.violations,
      why: 'requests gather in some seconds',
    }),
    goal('Throttled part', { most: 0.001, figure: rate.throttled, why: 'see the seconds' }),
    goal('Neighbour has its share back, seconds', { most: 10 }),
  ];
}

function memoryGoals(scale) {
  const peak = name => scale?.scale.find(one => one.name === name)?.peakResidentBytes;
  const [small, large] = [peak('10 thousand items'), peak('1 million items')];
  return [
    goal('Worker memory, 1 million items over 10 thousand', {
      ...{ most: 1.1, figure: large / small, why: 'grows with the store' },
    }),
    goal('Worker memory, MB', { most: 160, figure: large / 1024 ** 2, why: 'see the scale table' }),
  ];
}

/** Rows: the goal, its bound, the figure, whether it is met. */
export function goals(results, scale) {
  return [...countedGoals(results), ...measuredGoals(results), ...memoryGoals(scale)];
}
