/** Queries that an operator asks of the journal; each is deployed as a named query of the workgroup. */
export const EXAMPLE_QUERIES = [
  {
    name: 'outcomes-of-a-run',
    description: 'How many data keys of each store had which outcome.',
    query: `SELECT store, outcome, count(*) AS data_keys
FROM outcomes
WHERE run = 'orders-migrate-20261121T080000Z-1a2b'
GROUP BY store, outcome
ORDER BY store, outcome;`,
  },
  {
    name: 'not-moved',
    description: 'Every data key that a run did not move, with the reason. The report shows the first 100.',
    query: `SELECT store, locator, slot, outcome, reason
FROM outcomes
WHERE run = 'orders-migrate-20261121T080000Z-1a2b'
  AND outcome NOT IN ('rewrapped', 'already-current')
ORDER BY store, locator, slot;`,
  },
  {
    name: 'not-proven',
    description:
      'Every data key that a census, a verify run or the verify pass of a migration left, with the reason. A page that was worked again is named again.',
    query: `SELECT DISTINCT store, locator, slot, outcome, reason
FROM unproven
WHERE run = 'orders-migrate-20261121T080000Z-1a2b'
ORDER BY store, locator, slot;`,
  },
  {
    name: 'moves-by-key-material',
    description: 'From which key material to which, and how many.',
    query: `SELECT source.keyarn AS from_key, source.keymaterialid AS from_material,
       destination.keyarn AS to_key, destination.keymaterialid AS to_material, count(*) AS data_keys
FROM outcomes
WHERE run = 'orders-migrate-20261121T080000Z-1a2b' AND outcome = 'rewrapped'
GROUP BY 1, 2, 3, 4
ORDER BY data_keys DESC;`,
  },
  {
    name: 'data-keys-by-wrapping-key',
    description:
      'How many data keys of each store a migration has found under which key, and with which algorithm. A census journals none: use rewrap report --keys.',
    query: `SELECT store, source.keyarn AS key, coalesce(source.encryptionalgorithm, 'SYMMETRIC_DEFAULT') AS algorithm,
       count(*) AS data_keys
FROM outcomes
WHERE run = 'orders-migrate-20261121T080000Z-1a2b' AND source.keyarn IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;`,
  },
  {
    name: 'one-record',
    description:
      'What a run was about to do to one record: digests and KMS request ids to find in CloudTrail.',
    query: `SELECT locator, retries, slot, olddigest, newdigest, source.keyarn AS from_key, destination.keyarn AS to_key, kmsrequestids
FROM intents
CROSS JOIN UNNEST(datakeys) AS data_key (slot, oldciphertext, olddigest, newdigest, sourcedigest, source, destination, kmsrequestids)
WHERE run = 'orders-migrate-20261121T080000Z-1a2b' AND locator = '{"orderId":{"S":"o-000042"}}';`,
  },
] as const;
