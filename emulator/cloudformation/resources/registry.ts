import { AwsError } from '../../protocol/aws-error.ts';
import type { ResourceHandler } from '../acting.ts';
import { alarmHandler, dashboardHandler } from './alarms.ts';
import { bucketHandler, bucketPolicyHandler } from './buckets.ts';
import { eventSourceMappingHandler } from './event-source-mappings.ts';
import { managedPolicyHandler, policyHandler, roleHandler } from './identities.ts';
import { aliasHandler, keyHandler, replicaHandler } from './keys.ts';
import { queueHandler, queuePolicyHandler, ruleHandler } from './queues.ts';
import { parameterHandler } from './parameters.ts';
import { functionHandler, scheduleHandler, stateMachineHandler } from './pipeline.ts';
import { tableHandler } from './tables.ts';
import { subscriptionHandler, topicHandler, topicPolicyHandler } from './topics.ts';

const HANDLERS: Readonly<Record<string, ResourceHandler>> = {
  'AWS::CloudWatch::Alarm': alarmHandler,
  'AWS::CloudWatch::Dashboard': dashboardHandler,
  'AWS::DynamoDB::Table': tableHandler,
  'AWS::Events::Rule': ruleHandler,
  'AWS::IAM::ManagedPolicy': managedPolicyHandler,
  'AWS::IAM::Policy': policyHandler,
  'AWS::IAM::Role': roleHandler,
  'AWS::KMS::Alias': aliasHandler,
  'AWS::KMS::Key': keyHandler,
  'AWS::KMS::ReplicaKey': replicaHandler,
  'AWS::Lambda::EventSourceMapping': eventSourceMappingHandler,
  'AWS::Lambda::Function': functionHandler,
  'AWS::S3::Bucket': bucketHandler,
  'AWS::S3::BucketPolicy': bucketPolicyHandler,
  'AWS::SNS::Subscription': subscriptionHandler,
  'AWS::SNS::Topic': topicHandler,
  'AWS::SNS::TopicPolicy': topicPolicyHandler,
  'AWS::SQS::Queue': queueHandler,
  'AWS::SQS::QueuePolicy': queuePolicyHandler,
  'AWS::SSM::Parameter': parameterHandler,
  'AWS::Scheduler::Schedule': scheduleHandler,
  'AWS::StepFunctions::StateMachine': stateMachineHandler,
};

/**
 * Resources that do nothing here: log groups until someone writes to them, Athena, because nobody queries, and repositories
 * without images. All there is of them is their name.
 */
export class Resources {
  readonly #names = new Set<string>();

  readonly #inert: ResourceHandler = {
    create: ({ type, physicalId }, { place }) => {
      const key = `${place.accountId} ${place.region} ${type} ${physicalId}`;
      if (this.#names.has(key))
        throw new AwsError(
          'AlreadyExists',
          `Resource of type '${type}' with identifier '${physicalId}' already exists.`,
        );
      this.#names.add(key);
    },
    update: () => undefined,
    delete: ({ type, physicalId }, { place }) => {
      this.#names.delete(`${place.accountId} ${place.region} ${type} ${physicalId}`);
    },
  };

  handlerOf(type: string): ResourceHandler {
    return HANDLERS[type] ?? this.#inert;
  }
}
