// What the guides need of the AWS CLI, so that the tests do not need the AWS CLI: `aws kms OPERATION --OPTION VALUE…`,
// with `--query A.B --output text` for one value. It makes the real request.
import * as kms from '@aws-sdk/client-kms';

const pascal = words => words.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

const [service, operation, ...rest] = process.argv.slice(2);
if (service !== 'kms') throw new Error(`aws ${service} is not played here`);
const options = {};
for (let index = 0; index < rest.length; index += 2)
  options[rest[index].replace(/^--/, '')] = rest[index + 1];
const { query, output, ...parameters } = options;
if (output !== undefined && output !== 'text') throw new Error(`--output ${output} is not played here`);
const input = Object.entries(parameters).map(([name, value]) => [
  pascal(name),
  /^\d+$/.test(value) ? Number(value) : value,
]);
const client = new kms.KMSClient({});
const { $metadata: _, ...answer } = await client.send(
  new kms[`${pascal(operation)}Command`](Object.fromEntries(input)),
);
const wanted = query?.split('.').reduce((value, name) => value?.[name], answer) ?? answer;
if (typeof wanted !== 'object') console.log(String(wanted));
else if (Object.keys(wanted).length > 0) console.log(JSON.stringify(wanted, null, 4));
