import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';

export interface AlarmTopicProps {
  /** Encrypts what waits to be delivered. @default nothing does */
  readonly key: IKey | undefined;
  /** Whom alarms tell: e-mail addresses, https addresses, ARNs of queues and functions. */
  readonly notify: readonly string[];
}

/** Where alarms tell. Whoever wants to hear of them may subscribe later, too. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { key, notify }: AlarmTopicProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.topic = new Topic(this, 'Topic', {
      displayName: `kms-rewrap ${stackName}`,
      ...(key !== undefined && { masterKey: key }),
    });
    this.allowAlarms();
    if (key instanceof Key) allowKey(key, this);
    for (const endpoint of notify)
      new CfnSubscription(this, `To${digest(endpoint)}`, {
        topicArn: this.topic.topicArn,
        protocol: protocolOf(endpoint),
        endpoint,
      });
    new CfnOutput(this, 'Arn', { value: this.topic.topicArn }).overrideLogicalId('AlarmTopicArn');
  }

  /** Alarms of this stack, and nobody without TLS. */
  private allowAlarms(): void {
    const resources = [this.topic.topicArn];
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisStack',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources,
        conditions: onBehalfOfAlarms(this),
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OverTlsOnly',
        effect: Effect.DENY,
        // Services of AWS included.
        principals: [new StarPrincipal()],
        actions: ['sns:Publish'],
        resources,
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  }
}

/** Without this, CloudWatch drops what it has to tell. A key that was there before needs the same from its owner. */
function allowKey(key: Key, scope: Construct): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisStack',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: onBehalfOfAlarms(scope),
    }),
  );
}

function onBehalfOfAlarms(scope: Construct): Readonly<Record<string, object>> {
  const { partition, region, account, stackName } = Stack.of(scope);
  return {
    ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:${stackName}-*` },
    StringEquals: { 'aws:SourceAccount': account },
  };
}

function protocolOf(endpoint: string): string {
  if (endpoint.startsWith('arn:')) return endpoint.split(':')[2] ?? '';
  return endpoint.startsWith('https://') ? 'https' : 'email';
}

/** Part of a logical id, so that nobody else is subscribed anew if one of them goes. */
function digest(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('hex').slice(0, 8);
}
