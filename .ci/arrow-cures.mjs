/** What to do instead of an import that is forbidden, the first that fits. */
export const CURES = [
  {
    files: '^(node_modules/)?@(aws-sdk|smithy)/',
    words:
      'Only lambda/adapters may import the AWS SDK: speak to a port of core, and let an adapter implement it.',
  },
  {
    files: '^(node_modules/)?(aws-cdk-lib|constructs)(/|$)',
    words: 'Only lib/ and bin/app.ts are synth time.',
  },
  {
    files: '^lambda/adapters/',
    words:
      'Import the port from core, and the handler hands the adapter in; a room of adapters imports those above it.',
  },
  {
    files: '^lambda/handlers/',
    words: 'Handlers are entry points: nothing imports them but lib, for their names.',
  },
  {
    files: '^lambda/formats/',
    words: 'Formats are known by the interface in core/model/format.ts; the registry is handed in.',
  },
  {
    files: '^cli/',
    words: 'cli/ talks to people: bin/rewrap.ts alone imports it, and a room of it only those above it.',
  },
  {
    files: '^lib/',
    words:
      "lib/ is synth time: share by lambda/core. Only lib/jobs and what is granted (lib/grants) are the CLI's, too.",
  },
  { files: '^emulator/', words: 'The emulator is reached over its port, as any AWS is.' },
];
