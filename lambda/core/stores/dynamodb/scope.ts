import { areDisjoint } from '../../model/table-filter.ts';
import type { StoreScope } from '../store.ts';
import type { TableStore } from './schema.ts';

/** Parts of a table: a filter, a sparse index, some segments of a parallel scan. */
export const tableParts: StoreScope<TableStore> = {
  problems: () => [],

  narrowedTo({ scope: { filter, index, segments } = {} }) {
    return [
      ...(filter === undefined ? [] : [`items where ${filter.expression}`]),
      ...(index === undefined ? [] : [`items in the index ${index}`]),
      ...(segments === undefined ? [] : [`${segments.only.length} of ${segments.total} segments`]),
    ];
  },

  firstRange({ scope }) {
    const { total = 1, only = [0] } = scope?.segments ?? {};
    const range = { type: 'segment' as const, segment: only[0] ?? 0, totalSegments: total };
    return { range, whole: only.length === 1 };
  },

  /** Proven by filters or segments, or asserted. */
  areApart({ scope: a = {} }, { scope: b = {} }) {
    if (a.disjoint === true || b.disjoint === true) return true;
    if (a.filter !== undefined && b.filter !== undefined && areDisjoint(a.filter, b.filter)) return true;
    const [these, those] = [a.segments, b.segments];
    return (
      these !== undefined &&
      those?.total === these.total &&
      !these.only.some(segment => those.only.includes(segment))
    );
  },

  cure: 'give them filters that cannot overlap (scope.filter; if the filters do not show it, assert it with scope.disjoint)',
};
