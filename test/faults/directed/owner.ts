import { EncryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { decrypt, type Clients } from '../aws.ts';
import { open, seal, sha256 } from '../envelope.ts';
import type { Random } from '../random.ts';
import { PART, type Parts, type Place } from './places.ts';

/** What an application keeps beside its data key. */
export interface Keeps {
  /** The ARN of the key. */
  readonly label?: boolean;
  /** The version of an optimistic lock. */
  readonly version?: boolean;
}

interface Written {
  readonly plaintext: Buffer;
  readonly text: string;
}

const TENANT = 'acme';

/**
 * One record and the application that it belongs to. It knows nothing about the product: it writes what it is told to write,
 * when it is told to, and remembers it.
 */
export class Owner {
  readonly place: Place;
  exists = false;
  /** Counts the application's writes. If the count has not changed, the application has not written in the meantime. */
  writes = 0;
  /** What it has itself written beside the data key since it last wrote the whole record. */
  readonly own = new Map<string, string | undefined>();
  readonly #clients: Clients;
  readonly #random: Random;
  readonly #keeps: Keeps;
  #plaintext: Buffer = Buffer.alloc(0);
  #text = '';
  #note = 'from the application';
  /** The item as it has last saved it, for an application that keeps its items in memory. */
  #copy: Parts | undefined;
  /** What it has written, by payload. */
  readonly #written = new Map<string, Written>();

  constructor(
    place: Place,
    clients: Clients,
    { random, keeps }: { readonly random: Random; readonly keeps: Keeps },
  ) {
    this.place = place;
    this.#clients = clients;
    this.#random = random;
    this.#keeps = keeps;
  }

  /** Writes the whole record again, with a new data key under the given key and a new payload. */
  async rotate(keyArn: string): Promise<void> {
    const { Plaintext, CiphertextBlob } = await this.#clients.kms.send(
      new GenerateDataKeyCommand({
        KeyId: keyArn,
        KeySpec: 'AES_256',
        EncryptionContext: { tenant: TENANT },
      }),
    );
    this.#plaintext = Buffer.from(Plaintext ?? []);
    await this.#put({
      [PART.dataKey]: Buffer.from(CiphertextBlob ?? []).toString('base64'),
      ...(this.#keeps.label === true && { [PART.label]: keyArn }),
      ...(this.#keeps.version === true && { [PART.version]: '1' }),
    });
  }

  /** Writes a new payload under the existing data key. */
  async rewrite(): Promise<void> {
    await this.#put(only((await this.place.read()) ?? {}, Object.values(PART)));
  }

  /** Changes something that is not the product's business. */
  async annotate(): Promise<void> {
    this.writes++;
    this.#note = `note ${this.#random.between(1, 1e6)}`;
    await this.place.set(PART.note, this.#note);
  }

  /** Writes something that belongs to a data key, but not the data key itself. `undefined` removes it. */
  async setBeside(name: string, text: string | undefined): Promise<void> {
    this.writes++;
    this.own.set(name, text);
    await this.place.set(name, text);
  }

  /** Reads the item and saves it under the next version, as optimistic locks do; keeps the copy. */
  async save(): Promise<void> {
    this.writes++;
    const read = (await this.place.read()) ?? {};
    const version = read[PART.version] ?? '0';
    this.#note = `note ${this.#random.between(1, 1e6)}`;
    this.#copy = { ...read, [PART.note]: this.#note, [PART.version]: String(Number(version) + 1) };
    this.own.set(PART.version, this.#copy[PART.version]);
    await this.place.putIfVersion(this.#copy, version);
  }

  /** Saves the copy in memory again, on condition that nobody has saved since. */
  async saveAgain(): Promise<void> {
    if (this.#copy === undefined) return;
    const version = this.#copy[PART.version] ?? '0';
    const next = { ...this.#copy, [PART.version]: String(Number(version) + 1) };
    if (await this.place.putIfVersion(next, version)) this.#copy = next;
  }

  /** Writes its own data key to the place where the job puts the new one. */
  async fillNewKey(keyArn: string): Promise<void> {
    this.writes++;
    const { kms } = this.#clients;
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({
        KeyId: keyArn,
        Plaintext: this.#plaintext,
        EncryptionContext: { tenant: TENANT },
      }),
    );
    await this.place.set(PART.newKey, Buffer.from(CiphertextBlob ?? []).toString('base64'));
  }

  async remove(): Promise<void> {
    this.writes++;
    await this.place.remove();
    this.exists = false;
  }

  /** Removes the newest version: the one before it is current again. */
  async uncover(): Promise<void> {
    this.writes++;
    await this.place.uncover();
    const parts = (await this.place.read()) ?? {};
    const written = this.#written.get(parts[PART.payload] ?? '');
    if (written !== undefined) [this.#plaintext, this.#text] = [written.plaintext, written.text];
    this.#note = parts[PART.note] ?? this.#note;
  }

  /** What a reader that may use every enabled key finds wrong with the record; `undefined` if all is well. */
  async complaint(): Promise<string | undefined> {
    const parts = await this.place.read();
    if (!this.exists) return parts === undefined ? undefined : 'was deleted, and is there again';
    if (parts === undefined) return 'is not there';
    const opened = await decrypt(this.#clients, edkOf(parts), { tenant: TENANT });
    if ('error' in opened) return `cannot be decrypted: ${opened.error}`;
    if (!opened.plaintext.equals(this.#plaintext)) return 'has another data key';
    try {
      const text = open(opened.plaintext, Buffer.from(parts[PART.payload] ?? '', 'base64'));
      if (text !== this.#text) return 'holds another text';
    } catch {
      return 'has a payload that its data key does not open';
    }
    return parts[PART.note] === this.#note ? undefined : 'has changed beside its data key';
  }

  /** What a reader finds wrong with a copy of the record that the product has made. */
  async complaintOfCopy(place: Place): Promise<string | undefined> {
    const parts = await place.read();
    if (parts === undefined) return undefined;
    const opened = await decrypt(this.#clients, edkOf(parts), { tenant: TENANT });
    if ('error' in opened) return `cannot be decrypted: ${opened.error}`;
    try {
      open(opened.plaintext, Buffer.from(parts[PART.payload] ?? '', 'base64'));
      return undefined;
    } catch {
      return 'has a payload that its data key does not open';
    }
  }

  async #put(beside: Parts): Promise<void> {
    this.writes++;
    this.exists = true;
    this.own.clear();
    this.#text = `text ${this.#random.between(1, 1e9)}`;
    const payload = seal(this.#plaintext, this.#text, this.#random.bytes(12)).toString('base64');
    this.#written.set(payload, { plaintext: this.#plaintext, text: this.#text });
    await this.place.put({
      ...beside,
      [PART.tenant]: TENANT,
      [PART.note]: this.#note,
      [PART.payload]: payload,
    });
  }
}

/** The data key that a reader takes: the new one, if it belongs to the old one that is there. */
function edkOf(parts: Parts): Buffer {
  const old = Buffer.from(parts[PART.dataKey] ?? '', 'base64');
  const fits = parts[PART.newDigest] === undefined || parts[PART.newDigest] === sha256(old);
  const made = parts[PART.newKey];
  return made !== undefined && fits ? Buffer.from(made, 'base64') : old;
}

function only(parts: Parts, names: readonly string[]): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => names.includes(name)));
}
