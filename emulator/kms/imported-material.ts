import type { Key } from './key.ts';

/**
 * Removes expired imported material. A key is usable only while all material that was ever current is present
 * (DeleteImportedKeyMaterial). If one is missing, the key is pending import.
 */
export function expireMaterial(key: Key, now: number): void {
  if (key.origin !== 'EXTERNAL') return;
  for (const { imported } of key.ring.materials)
    if (imported?.validTo !== undefined && imported.validTo <= now) imported.present = false;
  setImportState(key);
}

/**
 * Sets the state to enabled or pending import, depending on whether all material is present. Leaves other states alone.
 */
export function setImportState(key: Key): void {
  if (key.state !== 'Enabled' && key.state !== 'PendingImport') return;
  const associated = key.ring.materials.filter(({ imported }) => imported?.pending === false);
  const usable = associated.length > 0 && associated.every(({ imported }) => imported?.present === true);
  key.state = usable ? 'Enabled' : 'PendingImport';
}
