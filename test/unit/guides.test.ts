import { stepsIn } from '../support/guide.ts';
import { filledIn, matched } from '../support/guide-match.ts';

const none = new Map<string, string>();

describe('the commands of a guide', () => {
  it('are the lines of its sh blocks, with the exit codes and the output that it shows', () => {
    const page = [
      '```sh',
      'a',
      'b # exit code 1',
      '```',
      'words',
      '```text',
      'out',
      '```',
      '```console',
      'c',
      '```',
    ];
    expect(stepsIn(page.join('\n'))).toEqual([
      { command: 'a', exitCode: 0, line: 2, hoursLater: 0 },
      { command: 'b', exitCode: 1, line: 3, hoursLater: 0, output: ['out'] },
    ]);
  });

  it('may come hours later than the one before', () => {
    expect(stepsIn('```sh\n# 2 hours later\na\n```')).toEqual([
      { command: 'a', exitCode: 0, line: 3, hoursLater: 2 },
    ]);
  });

  it.each([
    ['output before any command', '```text\nout\n```'],
    ['two outputs of one command', '```sh\na\n```\n```text\none\n```\n```text\ntwo\n```'],
    ['a block without an end', '```sh\na'],
  ])('are refused with %s', (_, page) => {
    expect(() => stepsIn(page)).toThrow(/^line \d+: /);
  });
});

describe('what a guide shows of an output', () => {
  it.each([
    ['a changed line', ['a', 'b'], ['a', 'c']],
    ['a missing line', ['a', 'b'], ['a']],
    ['one line more', ['a'], ['a', 'b']],
    ['a changed line after a gap', ['…', 'b'], ['a', 'c']],
    ['a changed line within a gap’s edges', ['a', '…', 'c', 'd'], ['a', 'b', 'c', 'e']],
    ['another value under the same name', ['run <run>', 'end <run>'], ['run 1', 'end 2']],
  ])('differs by %s', (_, expected, actual) => {
    expect(matched(expected, actual, none).kind).toBe('different');
  });

  it('may leave out lines and parts of lines', () => {
    expect(matched(['a', '…', 'd … f', '…'], ['a', 'b', 'c', 'd e f'], none).kind).toBe('same');
  });

  it('tells what names stand for, and later commands use that', () => {
    const match = matched(['run <old-run> started'], ['run orders-1 started'], none);
    expect(match.kind === 'same' && filledIn('rewrap report <old-run>', match.names)).toBe(
      'rewrap report orders-1',
    );
  });
});
