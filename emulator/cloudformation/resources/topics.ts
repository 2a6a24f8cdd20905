import type { Acting, ResourceHandler } from '../acting.ts';
import type { StackResource } from '../stack.ts';

function putTopic({ physicalId, properties }: StackResource, { services }: Acting): void {
  const keyId = properties['KmsMasterKeyId'];
  services.topics.put({ arn: physicalId, keyId: typeof keyId === 'string' ? keyId : undefined });
}

export const topicHandler: ResourceHandler = {
  create: putTopic,
  update: (resource, _, acting) => putTopic(resource, acting),
  delete({ physicalId }, { services }) {
    services.topics.delete(physicalId);
  },
};

export const subscriptionHandler: ResourceHandler = {
  create({ physicalId, properties }, { services }) {
    services.topics.subscribe(physicalId, {
      topicArn: String(properties['TopicArn']),
      protocol: String(properties['Protocol']),
      endpoint: String(properties['Endpoint']),
    });
  },
  update: () => undefined,
  delete({ physicalId }, { services }) {
    services.topics.unsubscribe(physicalId);
  },
};

function topicsOf({ properties }: StackResource): readonly string[] {
  return properties['Topics'] as readonly string[];
}

function putPolicy(resource: StackResource, { services }: Acting): void {
  const policy = JSON.stringify(resource.properties['PolicyDocument']);
  for (const topic of topicsOf(resource)) services.topics.setPolicy(topic, policy);
}

export const topicPolicyHandler: ResourceHandler = {
  create: putPolicy,
  update: (resource, _, acting) => putPolicy(resource, acting),
  delete(resource, { services }) {
    for (const topic of topicsOf(resource)) services.topics.setPolicy(topic, undefined);
  },
};
