import { evaluateAlarm, type AlarmDefinition, type AlarmState } from './evaluate-alarm.ts';
import type { MetricId, MetricStore } from './metric-store.ts';

export interface Alarm extends AlarmDefinition {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly actionsEnabled: boolean;
  /** ARNs, by the state that an alarm comes into. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

/** A change of an alarm's state, with what became of its actions. */
export interface Transition {
  readonly alarm: string;
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly actions: readonly { readonly arn: string; readonly error?: string }[];
}

/** Does what an alarm asks for. @throws Error with the words of its history */
export type AlarmAction = (arn: string, alarm: Alarm, message: string) => void;

/** A value that is true for as long as nobody changes it, such as the length of a queue. */
export type Gauge = () => readonly { readonly metric: MetricId; readonly value: number }[];

const MINUTE_MS = 60_000;

/** All alarms. Time passes here when somebody asks: `evaluate` plays every minute since the last one. */
export class Alarms {
  readonly transitions: Transition[] = [];
  readonly #alarms = new Map<string, { readonly alarm: Alarm; state: AlarmState }>();
  readonly #store: MetricStore;
  readonly #act: AlarmAction;
  readonly #gauges: Gauge;
  #evaluated = 0;

  constructor(store: MetricStore, act: AlarmAction, gauges: Gauge = () => []) {
    this.#store = store;
    this.#act = act;
    this.#gauges = gauges;
  }

  /** A changed alarm keeps its state until it is evaluated. */
  put(alarm: Alarm): void {
    const state = this.#alarms.get(alarm.arn)?.state ?? 'INSUFFICIENT_DATA';
    this.#alarms.set(alarm.arn, { alarm, state });
  }

  delete(arn: string): void {
    this.#alarms.delete(arn);
  }

  /** The state of each alarm of a Region, by name, once every minute until `now` was evaluated, in all Regions. */
  evaluate(now: number, region = 'us-east-1'): Readonly<Record<string, AlarmState>> {
    const last = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    // The first time looks back over an hour: nobody has asked before.
    const first = this.#evaluated === 0 ? last - 60 * MINUTE_MS : Math.min(this.#evaluated + MINUTE_MS, last);
    for (let at = first; at <= last; at += MINUTE_MS) this.#minute(at + MINUTE_MS - 1, at === last);
    this.#evaluated = Math.max(this.#evaluated, last);
    return this.states(region);
  }

  states(region: string): Readonly<Record<string, AlarmState>> {
    const here = [...this.#alarms.values()].filter(({ alarm }) => alarm.metric.region === region);
    return Object.fromEntries(here.map(({ alarm, state }) => [alarm.name, state]));
  }

  /** Gauges say what is true now, and nothing about the minutes before. */
  #minute(at: number, isNow: boolean): void {
    if (isNow) for (const { metric, value } of this.#gauges()) this.#store.put(metric, value, at);
    for (const held of this.#alarms.values()) {
      const to = evaluateAlarm(held.alarm, { now: at, before: held.state, store: this.#store });
      if (to === held.state) continue;
      const from = held.state;
      held.state = to;
      this.transitions.push({
        ...{ alarm: held.alarm.name, at, from, to },
        actions: this.#actions(held.alarm, to),
      });
    }
  }

  #actions(alarm: Alarm, state: AlarmState): Transition['actions'] {
    if (!alarm.actionsEnabled) return [];
    return alarm.actions[state].map(arn => {
      try {
        this.#act(
          arn,
          alarm,
          JSON.stringify({
            AlarmName: alarm.name,
            AlarmDescription: alarm.description,
            NewStateValue: state,
          }),
        );
        return { arn };
      } catch (error) {
        return { arn, error: error instanceof Error ? error.message : String(error) };
      }
    });
  }
}
