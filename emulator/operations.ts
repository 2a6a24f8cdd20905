import { Alarms, type Gauge } from './cloudwatch/alarms.ts';
import { putEmbedded } from './cloudwatch/embedded-metrics.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import type { FunctionDefinition } from './functions/functions.ts';
import type { Iam } from './iam/iam.ts';
import type { KeyStore } from './kms/key-store.ts';
import { Topics } from './sns/topics.ts';
import type { Counted } from './stepfunctions/executions.ts';

/** Dead letters, by the ARN of the queue. */
type Left = () => readonly { readonly queueArn: string }[];

/** What operators see: metrics of functions, executions and queues, the alarms on them, and the topics that these tell. */
export class Operations {
  readonly alarms: Alarms;
  readonly topics: Topics;
  readonly #store = new MetricStore();

  constructor(iam: Iam, keys: KeyStore, left: Left) {
    this.topics = new Topics(iam, arn => keys.find(arn));
    this.alarms = new Alarms(
      this.#store,
      (topicArn, { arn }, message) =>
        this.topics.publish(topicArn, message, {
          ...{ service: 'cloudwatch.amazonaws.com', accountId: arn.split(':')[4] ?? '', sourceArn: arn },
        }),
      queues(left),
    );
  }

  /** The alarms of a Region at a moment: `region`, and `at` in milliseconds since 1970. */
  states(query: URLSearchParams, defaultRegion: string): ReturnType<Alarms['evaluate']> {
    return this.alarms.evaluate(Number(query.get('at') ?? Date.now()), query.get('region') ?? defaultRegion);
  }

  /** A line in the embedded metric format. */
  embedded({ arn, region }: Pick<FunctionDefinition, 'arn' | 'region'>, text: string): void {
    putEmbedded(text, { accountId: arn.split(':')[4] ?? '', region }, this.#store);
  }

  execution(machineArn: string, counted: Counted): void {
    const [region = '', accountId = ''] = machineArn.split(':').slice(3);
    this.#store.put(
      {
        ...{ accountId, region, namespace: 'AWS/States', name: `Executions${counted}` },
        dimensions: { StateMachineArn: machineArn },
      },
      1,
      Date.now(),
    );
  }
}

function queues(left: Left): Gauge {
  return () => {
    const arns = left().map(({ queueArn }) => queueArn);
    return [...new Set(arns)].map(queueArn => {
      const [region = '', accountId = '', QueueName = ''] = queueArn.split(':').slice(3);
      return {
        metric: {
          ...{ accountId, region, namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible' },
          dimensions: { QueueName },
        },
        value: arns.filter(arn => arn === queueArn).length,
      };
    });
  };
}
