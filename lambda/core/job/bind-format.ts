import { PremiseBroken } from '../model/errors.ts';
import type {
  BoundFormat,
  ConfiguredFormat,
  Destination,
  FormatDefinition,
  FormatRegistry,
} from '../model/format.ts';
import type { Store } from '../model/job.ts';
import { kindOf } from '../stores/registry.ts';

/** The store's format, configured. The configuration was validated with the job and is parsed again here. */
export function configureFormat(store: Store, formats: FormatRegistry): ConfiguredFormat {
  const definition = formatOf(store, formats);
  const { name } = kindOf(store).names.own(store);
  return definition.configure(definition.configSchema.parse(store.format), name);
}

/** The store's format, ready to read records and to change them. */
export function bindFormat(store: Store, formats: FormatRegistry, destination: Destination): BoundFormat {
  return configureFormat(store, formats).bind(destination);
}

export function formatOf({ format: { type } }: Store, formats: FormatRegistry): FormatDefinition {
  const definition = formats.get(type);
  if (definition !== undefined) return definition;
  throw new PremiseBroken(
    'job.unknownFormat',
    `format '${type}' is not in this deployment; deploy the version that has it`,
  );
}
