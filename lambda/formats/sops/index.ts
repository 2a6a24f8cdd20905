import type { ObjectRecord } from '../../core/model/record.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { sopsConfig } from './config.ts';
import { declaredOf } from './declared.ts';
import { layoutsOf } from './layout.ts';
import { sopsSpots } from './spots.ts';

/** The data keys of files that SOPS has encrypted. */
export const sopsFormat = formatOfSpots<ReturnType<typeof sopsConfig>, ObjectRecord>({
  name: 'sops',
  records: ['object'],
  // SOPS names no algorithm when it asks KMS.
  asymmetric: false,
  config: sopsConfig,
  configure({ layout, suffixes }) {
    const layouts = layoutsOf(layout);
    const isRead = ({ locator, size }: ObjectRecord): boolean =>
      size > 0 && (suffixes?.some(suffix => locator.endsWith(suffix)) ?? true);
    return {
      saying: {
        identity: 'sops',
        keepsSource: false,
        needs: ['body'],
        needsBodyOf: isRead,
        contextNames: { source: [], templates: 1 },
        declared: declaredOf(layouts),
        problems: [],
      },
      spots: (object, destination) => sopsSpots(object, layouts, destination),
    };
  },
});
