import { ANY, type PlacePattern } from '../../core/model/place.ts';
import { MOST_ENTRIES, MOST_GROUPS, MOST_OF_GROUP } from './flat.ts';
import { BODY, type Layout } from './layout.ts';

/** What a run may change of an entry, its data key first. */
const FIELDS = ['enc', 'arn', 'created_at'];

/** Every place that a run may change. */
export function declaredOf(layouts: readonly Layout[]): readonly PlacePattern[] {
  return FIELDS.flatMap(field =>
    layouts.flatMap(({ step, shape, path, prefix }): readonly PlacePattern[] => {
      const at = [BODY, step, ...path];
      if (shape === 'flat') return FLAT.map(entry => [...at, `${prefix}${entry}${field}`]);
      // A stream of YAML is a list of its documents.
      const inStream: readonly PlacePattern[] = step.as === 'yaml' ? [[BODY, step, ANY, ...path]] : [];
      return [at, ...inStream].flatMap((root): readonly PlacePattern[] => [
        [...root, 'kms', ANY, field],
        [...root, 'key_groups', ANY, 'kms', ANY, field],
      ]);
    }),
  );
}

const FLAT: readonly string[] = [
  ...entriesOf(MOST_ENTRIES),
  ...Array.from({ length: MOST_GROUPS }, (_, group) =>
    entriesOf(MOST_OF_GROUP).map(entry => `key_groups__list_${group}__map_${entry}`),
  ).flat(),
];

function entriesOf(most: number): readonly string[] {
  return Array.from({ length: most }, (_, index) => `kms__list_${index}__map_`);
}
