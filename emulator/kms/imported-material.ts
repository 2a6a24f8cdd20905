import type { Key } from './key.ts';

/**
 * Takes away imported material whose time is over. A key is usable only while all material that was ever current is
 * there (DeleteImportedKeyMaterial): without one of them it is pending import.
 */
export function expireMaterial(key: Key, now: number): void {
  if (key.origin !== 'EXTERNAL') return;
  for (const { imported } of key.ring.materials)
    if (imported?.validTo !== undefined && imported.validTo <= now) imported.present = false;
  setImportState(key);
}

/** Enabled or pending import, as its material is there or not. Other states are not touched. */
export function setImportState(key: Key): void {
  if (key.state !== 'Enabled' && key.state !== 'PendingImport') return;
  const associated = key.ring.materials.filter(({ imported }) => imported?.pending === false);
  const usable = associated.length > 0 && associated.every(({ imported }) => imported?.present === true);
  key.state = usable ? 'Enabled' : 'PendingImport';
}
