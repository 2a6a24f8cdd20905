import { broken, INITIAL, successors, type Mistake, type State } from '../support/record-model.ts';

interface Explored {
  readonly states: number;
  /** The shortest path to a state in which a property does not hold. */
  readonly violation?: { readonly words: string; readonly steps: number };
}

/** Visits every reachable state, breadth first, so that the first violation has the shortest path. */
function explore(mistake?: Mistake): Explored {
  const seen = new Set([JSON.stringify(INITIAL)]);
  let frontier: readonly State[] = [INITIAL];
  for (let steps = 0; frontier.length > 0; steps++) {
    const next: State[] = [];
    for (const state of frontier) {
      const words = broken(state);
      if (words !== undefined) return { states: seen.size, violation: { words, steps } };
      for (const successor of successors(state, mistake)) {
        const id = JSON.stringify(successor);
        if (seen.has(id)) continue;
        seen.add(id);
        next.push(successor);
      }
    }
    frontier = next;
  }
  return { states: seen.size };
}

describe('one record under two workers, an application and a rollback', () => {
  it('never loses its data key, nor a write of the application, in any state that can be reached', () => {
    const { states, violation } = explore();
    expect(violation).toBeUndefined();
    // Fewer states would mean that the model has lost an actor.
    expect(states).toBeGreaterThan(10_000);
  });

  it.each<readonly [Mistake, string]>([
    ['write without a condition', 'the record holds a data key that does not open its payload'],
    ['write before the journal', 'a record that nobody else touched is not as it was, after a rollback'],
    ['roll back without a condition', 'the record holds a data key that does not open its payload'],
    [
      'roll back while a worker is alive',
      'a record that nobody else touched is not as it was, after a rollback',
    ],
    ['roll back what is not its own', 'the record holds a data key that does not open its payload'],
  ])('would, if a worker were to %s', (mistake, words) => {
    expect(explore(mistake).violation?.words).toBe(words);
  });
});
