import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { MalformedAccessEvent, verifyReceipt, type VerifiedReceipt } from '../accessevent/index.ts'
import { readZip } from '../asic/index.ts'
import { parsePolicy, TlogError, type Policy } from '../tlog/index.ts'
import { printable, VERDICTS } from './text.ts'
import { UnreadableInput } from './unreadable-input.ts'

export interface ReceiptInput {
  /** The `.tlog-proof`, or a ZIP with proof, opening and policy. */
  readonly file: string
  readonly opening?: string | undefined
  readonly policy?: string | undefined
}

export interface ReceiptVerdict {
  /** Undecided where only the ZIP itself says whom to trust: by that anybody's log would be as good. */
  readonly verdict: 'verified' | 'failed' | 'undecided'
  readonly text: { readonly people: string, readonly json: object }
}

/** Names within the ZIP of a receipt. */
const ENTRIES = { proof: 'receipt.tlog-proof', opening: 'opening.json', policy: 'policy.txt' } as const
const FIRST_CHARACTERS = 'c2sp.org/tlog-proof@'
/** `P`, as in PK. */
const ZIP_MARK = 0x50
const LIMITS = { entriesMax: 10, bytesMax: 1024 * 1024 }

/** Whether the input is a receipt of the access log: by its first line, or by the names within a ZIP. */
export async function isReceipt (path: string): Promise<boolean> {
  const { size } = await stat(path).catch(() => ({ size: Infinity }))
  if (size > LIMITS.bytesMax) return false
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  return bytes.subarray(0, FIRST_CHARACTERS.length).toString('latin1') === FIRST_CHARACTERS || (bytes[0] === ZIP_MARK && bytes.includes(ENTRIES.proof))
}

/**
 * Verifies a citizen's receipt, offline.
 *
 * @throws {UnreadableInput} for files that are missing, or a policy that is none.
 */
export async function verifyReceiptFiles (input: ReceiptInput): Promise<ReceiptVerdict> {
  const { proof, opening, policy } = await readAll(input)
  const name = basename(input.file)
  const trusted = policyOf(policy)
  try {
    const receipt = verifyReceipt(proof, opening, trusted)
    const verdict = input.policy === undefined ? 'undecided' : 'verified'
    return { verdict, text: { people: peopleText(name, receipt, trusted, verdict), json: toJson(name, receipt, verdict) } }
  } catch (error) {
    if (!(error instanceof TlogError || error instanceof MalformedAccessEvent)) throw error
    const code = error instanceof TlogError ? error.problem : 'opening'
    return {
      verdict: 'failed',
      text: {
        people: `${printable(name)}: NOT VERIFIED\n  reason        ${printable(error.message)} (${code})\n`,
        json: { version: 1, file: name, kind: 'accessReceipt', verdict: 'failed', reason: { code, message: error.message } }
      }
    }
  }
}

interface ReceiptTexts {
  readonly proof: string
  readonly opening: string
  readonly policy: string
}

async function readAll ({ file, opening, policy }: ReceiptInput): Promise<ReceiptTexts> {
  const bytes = await read(file)
  if (bytes[0] !== ZIP_MARK) {
    if (opening === undefined || policy === undefined) throw new UnreadableInput('a receipt is judged with --opening FILE and --policy FILE')
    return { proof: bytes.toString('utf8'), opening: (await read(opening)).toString('utf8'), policy: (await read(policy)).toString('utf8') }
  }
  let entries: ReadonlyMap<string, Buffer>
  try {
    entries = (await readZip(bytes, LIMITS)).entries
  } catch (cause) {
    throw new UnreadableInput(`${file} is not a ZIP that can be read`, cause)
  }
  const entry = async (name: string, given?: string): Promise<string> => {
    const content = given === undefined ? entries.get(name) : await read(given)
    if (content === undefined) throw new UnreadableInput(`${file} holds no ${name}`)
    return content.toString('utf8')
  }
  return { proof: await entry(ENTRIES.proof), opening: await entry(ENTRIES.opening, opening), policy: await entry(ENTRIES.policy, policy) }
}

async function read (path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new UnreadableInput(`${path} cannot be read`, cause)
  }
}

function policyOf (text: string): Policy {
  try {
    return parsePolicy(text)
  } catch (cause) {
    throw new UnreadableInput('the policy cannot be read', cause)
  }
}

function peopleText (name: string, { event, checkpoint, leafIndex, cosignatures }: VerifiedReceipt, policy: Policy, verdict: keyof typeof VERDICTS): string {
  const lines = [`${printable(name)}: ${VERDICTS[verdict]}`]
  const line = (label: string, text: string): void => { lines.push(`  ${label.padEnd(14)}${printable(text)}`) }
  line('who', `${event.recipient.name.uk} (${event.recipient.code}), ${event.recipient.system}`)
  line('when', event.occurredAt)
  line('whose data', `${event.holder.name.uk} (${event.holder.code}), register ${event.holder.registry}`)
  line('what', `${event.operation}, ${event.outcome}: ${event.data.categories.join(', ')}`)
  line('purpose', `${event.purpose.text.uk} (${event.purpose.declarationId})`)
  line('ground', event.legalBasis.citation)
  if (event.exchange.messageId !== undefined) line('message', event.exchange.messageId)
  line('event', event.eventId)
  line('log', `${checkpoint.origin}, leaf ${leafIndex} of ${checkpoint.size}`)
  for (const { witness, at } of cosignatures) line('witness', `${witness.name}, ${at.toISOString()}`)
  line('quorum', policy.quorum ?? 'none: no witness was asked for')
  if (verdict === 'undecided') line('reason', 'it holds under the keys in its own ZIP; whether those are the monitor’s, only a policy that you got elsewhere can tell: --policy FILE')
  return `${lines.join('\n')}\n`
}

function toJson (name: string, { event, checkpoint, leafIndex, cosignatures }: VerifiedReceipt, verdict: keyof typeof VERDICTS): object {
  return {
    version: 1,
    file: name,
    kind: 'accessReceipt',
    verdict,
    event,
    log: { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root.toString('hex'), leafIndex },
    witnesses: cosignatures.map(({ witness, at }) => ({ name: witness.name, at: at.toISOString() }))
  }
}
