import type { ResourceHandler } from '../acting.ts';
import type { StackResource } from '../stack.ts';

const parameterOf = ({ physicalId, properties }: StackResource) => ({
  name: physicalId,
  type: String(properties['Type']),
  value: String(properties['Value']),
});

export const parameterHandler: ResourceHandler = {
  create(resource, { services, place }) {
    services.parameters.create(parameterOf(resource), place);
  },
  update(resource, _, { services, place }) {
    services.parameters.overwrite(parameterOf(resource), place);
  },
  delete({ physicalId }, { services, place }) {
    services.parameters.delete(physicalId, place);
  },
};
