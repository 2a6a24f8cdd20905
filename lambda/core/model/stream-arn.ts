/** The stream of a table, as DynamoDB names it. */
export interface StreamArn {
  readonly region: string;
  readonly account: string;
  readonly table: string;
}

const STREAM_ARN =
  /^arn:aws[a-z-]*:dynamodb:([a-z]{2,4}(?:-[a-z]+)+-\d):(\d{12}):table\/([a-zA-Z0-9_.-]{3,255})\/stream\/[0-9T:.-]+$/;

/** Reads the ARN of a table's stream; `undefined` for anything else. */
export function parseStreamArn(text: string): StreamArn | undefined {
  const [, region, account, table] = STREAM_ARN.exec(text) ?? [];
  if (region === undefined || account === undefined || table === undefined) return undefined;
  return { region, account, table };
}
