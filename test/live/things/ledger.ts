import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { entriesIn, runOf, type Entry, type Run } from './entries.ts';
import type { Thing } from './thing.ts';

/** What a run makes, written down before it is made: a line is on the disk when `makes` returns. */
export class Ledger {
  readonly run: Run;
  readonly #file: string;

  private constructor(run: Run, file: string) {
    this.run = run;
    this.#file = file;
  }

  static begin(folder: string, run: Run): Ledger {
    mkdirSync(folder, { recursive: true });
    const ledger = new Ledger(run, fileOf(folder, run.id));
    ledger.#write({ did: 'began', ...run });
    return ledger;
  }

  /** Of a run that was killed. @throws Error if there is none */
  static open(folder: string, id: string): Ledger {
    const file = fileOf(folder, id);
    if (!existsSync(file))
      throw new Error(`there is no ledger ${file}; known runs: ${knownIn(folder).join(', ') || 'none'}`);
    return new Ledger(runOf(entriesIn(readFileSync(file, 'utf8'))), file);
  }

  get entries(): readonly Entry[] {
    return entriesIn(readFileSync(this.#file, 'utf8'));
  }

  makes(thing: Thing): void {
    this.#write({ did: 'makes', thing });
  }

  removed(thing: Thing): void {
    this.#write({ did: 'removed', thing });
  }

  #write(entry: Entry): void {
    const file = openSync(this.#file, 'a');
    writeSync(file, `${JSON.stringify(entry)}\n`);
    fsyncSync(file);
    closeSync(file);
  }
}

function fileOf(folder: string, id: string): string {
  return join(folder, `${id}.jsonl`);
}

function knownIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map(file => file.replace(/\.jsonl$/, ''));
}
