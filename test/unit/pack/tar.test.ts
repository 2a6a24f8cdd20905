import * as fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { TAR_END, tarEntry, type PackedFile } from '../../../lambda/core/pack/tar-entry.ts';
import { NoPack, TarReader } from '../../../lambda/core/pack/tar-reader.ts';

const AT = new Date('2026-11-28T12:00:00Z');
const bytes = (text: string): Buffer => Buffer.from(text);

function archive(files: readonly PackedFile[]): Buffer {
  return Buffer.concat([...files.map(file => tarEntry(file, AT)), TAR_END]);
}

/** In pieces of so many bytes. */
function read(whole: Buffer, piece = whole.length): readonly PackedFile[] {
  const reader = new TarReader();
  const files: PackedFile[] = [];
  for (let at = 0; at < whole.length; at += piece) files.push(...reader.push(whole.subarray(at, at + piece)));
  reader.end();
  return files;
}

/** An archive with one byte of its first header changed, and a checksum that fits. */
function withHeader(offset: number, text: string): Buffer {
  const made = archive([{ name: 'a', body: bytes('x') }]);
  made.write(text, offset, 'latin1');
  made.write(' '.repeat(8), 148);
  const sum = made.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  made.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return made;
}

describe('an archive of a pack', () => {
  const file = fc.record({
    name: fc.stringMatching(/^[a-zä=.-]{1,120}(\/[a-z]{1,60}){0,3}$/),
    body: fc.uint8Array({ maxLength: 2_000 }).map(body => Buffer.from(body)),
  });

  it('is read as it was written, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 6 }), fc.integer({ min: 1, max: 3_000 }), (files, piece) => {
        expect(read(archive(files), piece)).toEqual(files);
      }),
      { numRuns: 60 },
    );
  });

  it('is read by the tar of the system, long names included', () => {
    const names = [9, 90, 99, 100, 101, 108, 250, 999].map(length => 'n'.repeat(length));
    const { stdout } = spawnSync('tar', ['tf', '-'], {
      input: archive(names.map(name => ({ name: name.replace(/(.{200})/g, '$1/'), body: bytes('x') }))),
      encoding: 'utf8',
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .map(name => name.replaceAll('/', '')),
    ).toEqual(names);
  });

  it('is no pack if it is cut off, anywhere', () => {
    const whole = archive([{ name: 'a', body: bytes('x'.repeat(600)) }]);
    for (const at of [0, 100, 512, 700, 1_536]) expect(() => read(whole.subarray(0, at))).toThrow(NoPack);
  });

  it.each([
    [
      'a damaged header',
      (): Buffer =>
        Buffer.from(archive([{ name: 'a', body: bytes('x') }]).map((one, at) => (at === 1 ? 7 : one))),
      'damaged',
    ],
    ['a link', () => withHeader(156, '2'), 'no regular file'],
    ['a folder', () => withHeader(156, '5'), 'no regular file'],
    ['a size that would fill the memory', () => withHeader(124, '77777777777'), 'too large'],
    ['a size that is none', () => withHeader(124, '0000000000x'), 'damaged'],
  ])('is no pack with %s', (_, made, words) => expect(() => read(made())).toThrow(words));
});
