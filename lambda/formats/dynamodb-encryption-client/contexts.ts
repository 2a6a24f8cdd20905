import type { ItemRecord } from '../../core/model/record.ts';
import { needPlace } from '../attribute/place.ts';
import { buildContexts, mapContexts, type BuiltContexts, type Contexts } from '../context-template.ts';
import { contextValue, type ContextPlace } from '../patterns/context-value.ts';
import type { DynamodbEncryptionClientConfig } from './config.ts';
import { inDescription, NAMES } from './description.ts';

type Template = Readonly<Record<string, string | ContextPlace>>;

const TABLE = '*aws-kms-table*';
const ENCRYPTION_ALGORITHM = `*${NAMES.encryptionAlgorithm}*`;
const SIGNING_ALGORITHM = `*${NAMES.signingAlgorithm}*`;

/** The configuration with its places read. */
export interface ContextSettings {
  readonly description: string;
  readonly tableNames: readonly string[];
  readonly extra: Template;
  readonly instead: readonly Template[] | undefined;
}

export function contextSettings(
  config: DynamodbEncryptionClientConfig,
  store: string | undefined,
): ContextSettings {
  const { tableName = store ?? [], extraContext, encryptionContext, materialDescription } = config;
  return {
    description: materialDescription,
    tableNames: typeof tableName === 'string' ? [tableName] : tableName,
    extra: templatesOf(extraContext)[0] ?? {},
    instead: encryptionContext && templatesOf(encryptionContext),
  };
}

type WrittenContext = NonNullable<DynamodbEncryptionClientConfig['encryptionContext']>;

function templatesOf(encryptionContext: WrittenContext): readonly Template[] {
  const { encryptionContext: mapped } = mapContexts({ encryptionContext }, (place): ContextPlace =>
    'attribute' in place ? { at: needPlace(place.attribute) } : place,
  );
  return [mapped].flat();
}

const NO_TABLE = 'the encryption context cannot be built: the name of the table is not known';

/** As AwsKmsCryptographicMaterialsProvider and DirectKmsMaterialProvider build them from an item. */
export function contextsOf(item: ItemRecord, settings: ContextSettings): BuiltContexts {
  const resolve = (place: ContextPlace): ReturnType<typeof contextValue> => contextValue(item, place, []);
  const encryptionContext = templates(Object.keys(item.key), settings);
  if (encryptionContext.length === 0) return { kind: 'missing', reason: NO_TABLE };
  return buildContexts({ encryptionContext }, { now: resolve, then: resolve });
}

/** Every template for an item with these key attributes. */
export function templates(
  keys: readonly string[],
  { description, tableNames, extra, instead }: ContextSettings,
): Extract<Contexts<ContextPlace>['encryptionContext'], readonly unknown[]> {
  const algorithms: Template = {
    [ENCRYPTION_ALGORITHM]: { at: inDescription(description, NAMES.encryptionAlgorithm) },
    [SIGNING_ALGORITHM]: { at: inDescription(description, NAMES.signingAlgorithm) },
  };
  // A key attribute may be `__proto__`, which an assignment would lose.
  const keyed: Template = Object.fromEntries(keys.map(keyAttribute => [keyAttribute, { keyAttribute }]));
  const own = instead ?? tableNames.map((table): Template => ({ ...keyed, [TABLE]: table }));
  return own.map(one => ({ ...algorithms, ...one, ...extra }));
}
