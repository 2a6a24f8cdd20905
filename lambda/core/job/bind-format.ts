import { PremiseBroken } from '../model/errors.ts';
import type { BoundFormat, Destination, FormatRegistry } from '../model/format.ts';
import type { Store } from '../model/job.ts';

/** The store's format, configured. The configuration was validated with the job and is parsed again here. */
export function bindFormat(store: Store, formats: FormatRegistry, destination?: Destination): BoundFormat {
  const definition = formats.get(store.format.type);
  if (definition === undefined) {
    throw new PremiseBroken(
      'job.unknownFormat',
      `format '${store.format.type}' is not in this deployment; deploy the version that has it`,
    );
  }
  return definition.bind(definition.configSchema.parse(store.format), destination);
}
