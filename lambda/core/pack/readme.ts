import { EVIDENCE } from '../evidence/names.ts';
import type { JournalKind } from '../model/seal.ts';
import { PACK } from './names.ts';

export interface Packed {
  readonly job: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly packedAt: string;
  /** Of the journal that is in the pack. */
  readonly kinds: readonly JournalKind[];
  /** The signed statement has the digest of the seals themselves, and not their root alone. */
  readonly sealsAreSigned: boolean;
  readonly trail: boolean;
}

/**
 * How an auditor checks a pack without our tool. test/stories/evidence-pack.test.ts runs every indented line of it, and requires each to find what
 * was changed.
 */
export function packReadme(packed: Packed): string {
  return [about(packed), files(packed), checks(packed), limits(packed)].join('\n\n');
}

function about({ job, runId, packedAt }: Packed): string {
  return `Evidence of the run ${runId} of the job ${job}
Packed at ${packedAt}

kms-rewrap re-encrypts stored data keys under another KMS key. This pack is what it has reported about one run, what was signed of that, and
the journal that the report rests on. With the tool: npx rewrap attest verify FILE. Without it: as follows, with a POSIX shell, OpenSSL and
sha256sum, which GNU coreutils have. Every indented line is a command; run them in the folder of this file, in this order.`;
}

function files({ kinds, trail }: Packed): string {
  return `WHAT IS IN IT

Signed when the run ended, by the evidence key of the deployment:
- ${EVIDENCE.report}: the report. ${PACK.reportPage} shows the same to people, and is not signed itself.
- ${EVIDENCE.bom}: keys and key materials, and how many data keys rest on each (CycloneDX 1.6).
- ${EVIDENCE.seals}: where the chain of each unit of the journal ends.
- ${EVIDENCE.statement}: the signature (DSSE, in-toto Statement v1).
- ${kinds.length === 0 ? 'No journal: this kind of run has none.' : `${kinds.map(kind => `${kind}/`).join(' and ')}: the journal. Each object is a link of a chain.`}
${kinds.includes('intents') ? '- intents/ holds old data keys, encrypted. Whoever may use the old KMS key can open them: keep this pack accordingly.' : '- intents/ is not here: it holds old data keys, encrypted.'}

Not signed; as AWS told whoever has packed this, at that time:
- ${PACK.keyStates}: the keys of the run (DescribeKey, GetKeyRotationStatus, ListKeyRotations).
- ${PACK.permissions}: the statements of all roles of the stack, as its template has them.
${trail ? `- ${PACK.trailEvents}*.jsonl: ids of the ReEncrypt calls of the run in CloudTrail, and ${PACK.trail}: what of the trail was read.` : '- No ids of CloudTrail events: no trail was named.'}
- ${EVIDENCE.publicKey} is a copy. Compare it with the one that you have kept, or that aws kms get-public-key gives.`;
}

function checks(packed: Packed): string {
  return `HOW TO CHECK IT

1. Each file is as it was packed. That finds damage, and no forgery.

    sha256sum --quiet -c ${PACK.sums} && echo "every file is as it was packed"

2. The statement is signed by the evidence key. It says: Verified OK.

    mkdir -p checked
    sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' ${EVIDENCE.statement} | openssl base64 -d -A > checked/statement.json
    sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' ${EVIDENCE.statement} | openssl base64 -d -A > checked/signature.der
    { printf 'DSSEv1 28 application/vnd.in-toto+json %s ' $(wc -c < checked/statement.json); cat checked/statement.json; } > checked/signed
    openssl dgst -sha256 -verify ${EVIDENCE.publicKey} -signature checked/signature.der checked/signed

3. The statement names these files as they are.

    for file in ${signedFiles(packed).join(' ')}; do
      digest=$(sha256sum < $file | cut -c 1-64)
      grep -q "\\"name\\":\\"$file\\",\\"digest\\":{\\"sha256\\":\\"$digest\\"}" checked/statement.json && echo "$file: as signed" || echo "$file: CHANGED"
    done
${packed.sealsAreSigned ? '' : `\nThe version of kms-rewrap that has signed this names the root over ${EVIDENCE.seals} alone (RFC 6962, SHA-256, over its lines). This needs a tool.\n`}${packed.kinds.length === 0 ? '' : `\n${chains(packed)}`}`;
}

function signedFiles({ sealsAreSigned }: Packed): readonly string[] {
  return [EVIDENCE.report, EVIDENCE.bom, ...(sealsAreSigned ? [EVIDENCE.seals] : [])];
}

function chains({ job, runId, kinds }: Packed): string {
  return `4. Each chain of the journal leads from its sealed end back to its beginning. An object that was changed has another end, so the chain breaks there.

    for object in ${kinds.map(kind => `${kind}/*/*/*/*`).join(' ')}; do
      after=$(gunzip -c "$object" | sed -n '1s/.*:after=\\([0-9a-f]\\{64\\}\\).*"}$/\\1/p')
      end=$({ printf '\\003%s%s\\n' "$after" "$object"; gunzip -c "$object" | sed 's/,"seal":"[^"]*"}$/}/' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'; } | sha256sum | cut -c 1-64)
      echo "$end $after $object"
    done > checked/links
    sed 's/.*"unit":"\\([^"]*\\)","kind":"\\([^"]*\\)","head":"\\([^"]*\\)".*/\\1 \\2 \\3/' ${EVIDENCE.seals} | while read -r unit kind head; do
      test -d "$kind" || continue
      start=$(printf '\\002["%s","${job}","${runId}","%s"]' "$kind" "$unit" | sha256sum | cut -c 1-64)
      while grep -q "^$head " checked/links; do
        grep "^$head " checked/links | cut -d ' ' -f 3 >> checked/sealed
        head=$(sed -n "s/^$head \\([0-9a-f]*\\) .*/\\1/p" checked/links)
      done
      test "$head" = "$start" && echo "$kind of $unit: as sealed" || echo "$kind of $unit: CHANGED"
    done

5. Every object is in a chain. One that is not was left by an attempt that did not finish, or was added.

    cut -d ' ' -f 3 checked/links | grep -v -x -F -f checked/sealed || echo "every object is in a chain"

6. The outcomes that the journal has, to be compared with "outcomes" in ${EVIDENCE.report}. The report of a run that went on from another one ("continues") counts
those of both.

    cut -d ' ' -f 3 checked/links | grep '^outcomes/' | while read -r object; do gunzip -c "$object"; done | sed 's/.*"outcome":"\\([^"]*\\)".*/\\1/' | sort | uniq -c`;
}

function limits({ runId }: Packed): string {
  return `WHAT IT DOES NOT SHOW

What was done before it was journalled, or by whoever may use the evidence key or change the code of the functions; when it was signed, by any other clock than
theirs; and whether a later run has changed the stores since ${runId}. CloudTrail has each use of the evidence key.
`;
}
