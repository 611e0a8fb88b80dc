import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { toJson } from './json.ts'
import { toText } from './text.ts'
import { readTrust } from './trust.ts'
import { UnreadableInput } from './unreadable-input.ts'
import { isAuditLog, verifyAuditLog } from './verify-audit-log.ts'
import { isReceipt, verifyReceiptFiles } from './verify-receipt.ts'
import { type FileOptions, verifyFile } from './verify-file.ts'

export const EXIT = { verified: 0, failed: 1, unusable: 2, undecided: 3 } as const

const HELP = `Usage: trembita-verify FILE --trust TRUST [options]
       trembita-verify RECEIPT [--opening FILE] [--policy FILE] [--json]

Verifies signed containers of the exchange: who sealed the message, when, with
which certificate, and that nothing in the container was changed since.

FILE   a container (.asice, .asics) of a message or of an agreement, a ZIP of
       several as /asic and /signature give it, or an archive of the message log with its linking information;
       or an audit log exported from a core (.jsonl), for which TRUST is its anchor, or nothing
TRUST  the ZIP of /verificationconf, the same unpacked in a folder, or a
       configuration anchor (.xml), whose source is then asked over the network
RECEIPT
       of an access to personal data: receipt.tlog-proof with its opening and the
       policy that names log and witnesses, or one ZIP with the three

Options:
      --trust TRUST           whom to trust
      --at TIME               judge certificates for this time (RFC 3339) instead of
                              each time stamp's; needed where there is no stamp
      --previous-digest HEX   last digest of the archive before, or - for none
      --opening FILE          opening.json of a receipt
      --policy FILE           C2SP tlog-policy: keys of log and witnesses, quorum
      --json                  report as JSON, for programs
  -h, --help                  print this text
      --version               print the version

Exit codes:
  0  verified
  1  not verified: something was changed, is missing or may not be relied upon
  2  wrong usage, or an input that cannot be read at all
  3  cannot judge: an algorithm that is not computed here (DSTU 4145, GOST 34.311),
     or an instance for which no trust was given; a receipt without --policy,
     which holds only under the keys in its own ZIP
`

export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

export interface Surroundings extends Output {
  readonly now: () => Date
  readonly fetch?: typeof fetch
}

/** The command. @returns its exit code. */
export async function main (argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err } = surroundings
  try {
    return await run(argv, surroundings)
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      err(`trembita-verify: ${thrown.message}\nTry 'trembita-verify --help'.\n`)
      return EXIT.unusable
    }
    if (!(thrown instanceof UnreadableInput)) throw thrown
    if (argv.includes('--json')) out(`${JSON.stringify({ version: 1, verdict: null, error: thrown.message })}\n`)
    err(`trembita-verify: ${thrown.message}\n`)
    return EXIT.unusable
  }
}

class UsageError extends Error {}

async function run (argv: readonly string[], { out, now, fetch }: Surroundings): Promise<number> {
  const { values, positionals } = parse(argv)
  if (values.help === true) {
    out(HELP)
    return EXIT.verified
  }
  if (values.version === true) {
    out(`trembita-verify ${await version()}\n`)
    return EXIT.verified
  }
  const [file, ...more] = positionals
  if (file === undefined) throw new UsageError('missing FILE')
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`)
  if (await isAuditLog(file)) {
    const { text, verdict } = await verifyAuditLog(file, values.trust)
    out(values.json === true ? `${JSON.stringify(text.json, null, 2)}\n` : text.people)
    return EXIT[verdict]
  }
  if (await isReceipt(file)) {
    const { text, verdict } = await verifyReceiptFiles({ file, opening: values.opening, policy: values.policy })
    out(values.json === true ? `${JSON.stringify(text.json, null, 2)}\n` : text.people)
    return EXIT[verdict]
  }
  if (values.trust === undefined) throw new UsageError('missing --trust TRUST')
  const options: FileOptions = { at: timeOf(values.at), previousDigest: digestOf(values['previous-digest']) }
  const trust = await readTrust(values.trust, { at: now(), ...(fetch !== undefined && { fetch }) })
  const name = basename(file)
  const report = await verifyFile(name, await read(file), trust, options)
  out(values.json === true ? `${JSON.stringify(toJson(name, report), null, 2)}\n` : toText(name, report))
  return EXIT[report.verdict]
}

function parse (argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        at: { type: 'string' },
        opening: { type: 'string' },
        policy: { type: 'string' },
        'previous-digest': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' }
      }
    })
  } catch (thrown) {
    throw new UsageError((thrown as Error).message.split('. ', 1)[0])
  }
}

function timeOf (text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime())) {
    throw new UsageError('--at: a time such as 2026-01-31T12:00:00Z is expected')
  }
  return time
}

function digestOf (text: string | undefined): string | undefined {
  if (text !== undefined && text !== '-' && !/^([0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i.test(text)) throw new UsageError('--previous-digest: hexadecimal digits are expected')
  return text
}

async function read (file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new UnreadableInput(`${file} cannot be read`, cause)
  }
}

async function version (): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
