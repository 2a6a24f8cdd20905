type Input = Readonly<Record<string, unknown>>;

const MOST_SEGMENTS = 1_000_000;
const INVALID = 'One or more parameter values were invalid: ';

/** Why DynamoDB refuses a Query or a Scan before it looks at the table; `undefined` if dynalite may decide. */
export function contradictionIn(operation: string, input: Input): string | undefined {
  if (operation !== 'Query' && operation !== 'Scan') return undefined;
  return ofSegments(input) ?? ofSelect(input);
}

/** API Reference, Scan: each of the two asks for the other. */
function ofSegments({ Segment, TotalSegments }: Input): string | undefined {
  if (Segment !== undefined && TotalSegments === undefined)
    return 'The TotalSegments parameter is required but was not present in the request when Segment parameter is present';
  if (typeof TotalSegments === 'number' && TotalSegments > MOST_SEGMENTS)
    return `1 validation error detected: Value '${TotalSegments}' at 'totalSegments' failed to satisfy constraint: Member must have value less than or equal to ${MOST_SEGMENTS}`;
  return undefined;
}

/** API Reference, Query and Scan: whoever names attributes may select these alone; projections are those of indexes. */
function ofSelect(input: Input): string | undefined {
  const { Select, IndexName } = input;
  const names = ['ProjectionExpression', 'AttributesToGet'].find(name => input[name] !== undefined);
  switch (Select) {
    case 'SPECIFIC_ATTRIBUTES':
      return names === undefined
        ? `${INVALID}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`
        : undefined;
    case 'ALL_PROJECTED_ATTRIBUTES':
      if (IndexName === undefined)
        return `${INVALID}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`;
      return cannot(names, 'ALL_PROJECTED_ATTRIBUTES');
    case 'ALL_ATTRIBUTES':
      return cannot(names, 'ALL_ATTRIBUTES');
    case 'COUNT':
      return cannot(names, 'only the Count');
    default:
      return undefined;
  }
}

function cannot(names: string | undefined, selected: string): string | undefined {
  return names === undefined
    ? undefined
    : `${INVALID}Cannot specify the ${names} when choosing to get ${selected}`;
}
