import colors from 'picocolors';
import { consoleOver } from '../../cli/context/console.ts';
import { Output, type Sink } from '../../cli/context/output.ts';

/** A stream that takes texts until it fails. */
class FakeSink implements Sink {
  text = '';
  failsWith: Error | undefined;
  #listener: (error: Error) => void = () => undefined;

  write(text: string, done: (error?: Error | null) => void): void {
    if (this.failsWith === undefined) this.text += text;
    else this.#listener(this.failsWith);
    setImmediate(() => done(this.failsWith));
  }

  on(_event: 'error', listener: (error: Error) => void): void {
    this.#listener = listener;
  }
}

const ANSWERS: readonly (readonly [string, boolean])[] = [
  ['y', true],
  ['Yes ', true],
  ['', false],
  ['n', false],
  ['yesterday', false],
];

describe('a question', () => {
  const asking = (answer: string, json = false) => {
    const asked: string[] = [];
    const [stdout, stderr] = [new Output(new FakeSink()), new Output(new FakeSink())];
    const ask = (question: string): Promise<string> => Promise.resolve((asked.push(question), answer));
    return { asked, console: consoleOver({ json, stdout, stderr, now: () => 0, ask }) };
  };

  it.each(ANSWERS)('that is answered by %p is confirmed: %p', async (answer, expected) => {
    const { asked, console } = asking(answer);
    expect(await console.confirm?.(`Start ${HOSTILE}?`)).toBe(expected);
    expect(asked).toEqual([expect.stringContaining(String.raw`Start x\u001b[31m`)]);
  });

  it('is not asked by a command that answers to a machine, nor where nobody is', () => {
    expect(asking('y', true).console.confirm).toBeUndefined();
    expect(consoleTo().console.confirm).toBeUndefined();
  });
});

function consoleTo(json = false) {
  const [out, err] = [new FakeSink(), new FakeSink()];
  const streams = { stdout: new Output(out), stderr: new Output(err) };
  return { out, err, console: consoleOver({ json, ...streams, now: () => 0 }) };
}

const failure = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });
const HOSTILE = 'x\u001b[31m\nThis key may be disabled\u202e';
const SHOWN = String.raw`x\u001b[31m\u000aThis key may be disabled\u202e`;

describe('what a command prints', () => {
  it('has colors and lines of ours, and shows those of others', () => {
    const { console, out } = consoleTo();
    console.result({ name: HOSTILE }, ({ name }) => `\u001b[1mkey\u001b[22m ${name}\nnext`, []);
    expect(out.text).toBe(`\u001b[1mkey\u001b[22m ${SHOWN}\nnext\n`);
  });

  it('is JSON of the same data for a machine, and still shows it', () => {
    const { console, out } = consoleTo(true);
    console.result({ name: HOSTILE }, () => 'text', []);
    console.answer({ name: '\u009b' }, []);
    const [first = '', second = ''] = out.text.split('}\n');
    expect(JSON.parse(`${first}}`)).toEqual({ name: HOSTILE, nextSteps: [] });
    expect(second).toBe(String.raw`{"name":"\u009b","nextSteps":[]`);
  });

  it('shows what is in notes and in lines of progress', () => {
    const { console, err } = consoleTo();
    console.note('table \u001b]0;x\u0007');
    console.progress('unit \u009b', { line: text => text, screen: text => text });
    expect(err.text).toBe(String.raw`table \u001b]0;x\u0007` + '\n' + String.raw`unit \u009b` + '\n');
  });

  it('shows progress on lines that replace each other, where there is a terminal', () => {
    const shown: string[] = [];
    const live = Object.assign((text: string) => void shown.push(text), {
      ...{ done: (): void => undefined, columns: () => 42 },
    });
    const [stdout, stderr] = [new Output(new FakeSink()), new Output(new FakeSink())];
    consoleOver({ json: false, stdout, stderr, now: () => 0, live }).progress(
      { name: HOSTILE },
      { line: () => 'no line', screen: ({ name }, columns) => `${colors.green('a')} ${name}\n${columns}` },
    );
    expect(shown).toEqual([`${colors.green('a')} ${SHOWN}\n42`]);
  });

  it('sends no color sequence but those that it has', () => {
    const { console, out } = consoleTo();
    console.result({}, () => '\u001b[8m\u001b[5m\u001b[2J', []);
    expect(out.text).toBe(String.raw`\u001b[8m\u001b[5m\u001b[2J` + '\n');
    const all = [colors.bold, colors.dim, colors.red, colors.green, colors.yellow, colors.gray];
    const { console: other, out: painted } = consoleTo();
    other.result({}, () => all.map(paint => paint('x')).join(''), []);
    expect(painted.text).toBe(`${all.map(paint => paint('x')).join('')}\n`);
  });

  it('is cut off without a word when its reader has gone, as head does', async () => {
    const { console, out } = consoleTo();
    out.failsWith = failure('EPIPE');
    console.out('one');
    console.out('two');
    expect(await console.settled()).toBe('closed');
    expect(out.text).toBe('');
  });

  it('is known to be lost when the disk is full', async () => {
    const { console, out } = consoleTo();
    console.out('one');
    out.failsWith = failure('ENOSPC');
    console.out('two');
    expect(await console.settled()).toBe(out.failsWith);
  });

  it('is known to be written only when its reader has taken it', async () => {
    const { console } = consoleTo();
    console.out('one');
    expect(await console.settled()).toBe('written');
  });
});
