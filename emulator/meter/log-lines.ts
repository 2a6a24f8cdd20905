import { Buffer } from 'node:buffer';

const NEW_LINE = 0x0a;
const EMBEDDED_METRICS = '{"_aws"';

interface Noted {
  /** An event of that many bytes. */
  event(bytes: number): void;
  /** A custom metric, by what makes it distinct. */
  metric(name: string): void;
  /** A line in the embedded metric format. */
  embedded?(text: string): void;
}

/** Cuts what a sandbox writes into log events, one for each line, and reads metrics in the embedded metric format. */
export class LogLines {
  readonly #noted: Noted;
  #rest: Buffer = Buffer.alloc(0);

  constructor(noted: Noted) {
    this.#noted = noted;
  }

  write(chunk: Buffer): void {
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = text.indexOf(NEW_LINE); end !== -1; end = text.indexOf(NEW_LINE, from)) {
      this.#line(text.subarray(from, end));
      from = end + 1;
    }
    this.#rest = Buffer.from(text.subarray(from));
  }

  #line(line: Buffer): void {
    if (line.length === 0) return;
    this.#noted.event(line.length);
    if (line.toString('latin1', 0, EMBEDDED_METRICS.length) !== EMBEDDED_METRICS) return;
    const text = line.toString('utf8');
    this.#noted.embedded?.(text);
    for (const name of metricsIn(text)) this.#noted.metric(name);
  }
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

function metricsIn(text: string): readonly string[] {
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // CloudWatch takes a line that it cannot read as a plain event.
    return [];
  }
  const { CloudWatchMetrics: directives = [] } = line['_aws'] as {
    readonly CloudWatchMetrics?: readonly Directive[];
  };
  return directives.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap(names =>
      Metrics.map(({ Name }) => JSON.stringify([Namespace, names.map(name => [name, line[name]]), Name])),
    ),
  );
}
