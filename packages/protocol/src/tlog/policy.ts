import type { Cosignature } from './cosignature.ts'
import { TlogError } from './tlog-error.ts'
import { formatVerifierKey, parseVerifierKey, SIGNATURE_TYPE, type VerifierKey } from './verifier-key.ts'

export interface PolicyWitness {
  /** Within the policy; groups and quorum speak of it. */
  readonly name: string
  readonly key: VerifierKey
  readonly url?: string | undefined
}

export interface PolicyGroup {
  readonly name: string
  /** How many of the members must have cosigned. */
  readonly threshold: number
  /** Witnesses and groups that stand above it. */
  readonly members: readonly string[]
}

/** Whom to trust: which logs, and which witnesses must have cosigned. @see C2SP tlog-policy */
export interface Policy {
  readonly logs: readonly { readonly key: VerifierKey, readonly url?: string | undefined }[]
  readonly witnesses: readonly PolicyWitness[]
  readonly groups: readonly PolicyGroup[]
  /** Undefined: none. */
  readonly quorum: string | undefined
}

const LINES_MAX = 1000
const CHARACTERS_MAX = 256 * 1024

/** @throws {TlogError} `malformed`, naming the line. */
export function parsePolicy (text: string): Policy {
  const logs: { key: VerifierKey, url?: string }[] = []
  const witnesses: PolicyWitness[] = []
  const groups: PolicyGroup[] = []
  let quorum: string | undefined
  let quorums = 0
  const lines = text.length > CHARACTERS_MAX ? [] : text.split('\n')
  if (lines.length === 0 || lines.length > LINES_MAX) throw malformed(0, 'too long')
  const named = new Set<string>()
  lines.forEach((line, at) => {
    const words = line.replace(/\r$/, '').trim().split(/[ \t]+/)
    const [keyword = '', ...rest] = words
    if (keyword === '' || keyword.startsWith('#')) return
    const refuse = (problem: string): never => { throw malformed(at + 1, problem) }
    const take = (name: string): string => name === 'none' || named.has(name) ? refuse('a name stands twice') : (named.add(name), name)
    const known = (name: string): string => named.has(name) ? name : refuse('a name is not known')
    if (keyword === 'log' && (rest.length === 1 || rest.length === 2)) {
      logs.push({ key: keyOf(rest[0]!, SIGNATURE_TYPE.ed25519, refuse), ...rest[1] !== undefined && { url: rest[1] } })
    } else if (keyword === 'witness' && (rest.length === 2 || rest.length === 3)) {
      witnesses.push({ name: take(rest[0]!), key: keyOf(rest[1]!, SIGNATURE_TYPE.cosignature, refuse), ...rest[2] !== undefined && { url: rest[2] } })
    } else if (keyword === 'group' && rest.length >= 3) {
      const [name, count, ...members] = rest as [string, string, ...string[]]
      members.forEach(known)
      const threshold = count === 'any' ? 1 : count === 'all' ? members.length : Number(/^[1-9]\d{0,3}$/.exec(count)?.[0])
      if (!(threshold >= 1 && threshold <= members.length) || new Set(members).size !== members.length) refuse('a group that nobody can satisfy')
      groups.push({ name: take(name), threshold, members })
    } else if (keyword === 'quorum' && rest.length === 1) {
      quorums++
      quorum = rest[0] === 'none' ? undefined : known(rest[0]!)
    } else {
      refuse('not a line of a policy')
    }
  })
  if (quorums !== 1) throw malformed(0, 'exactly one quorum is expected')
  if (logs.length === 0) throw malformed(0, 'no log is named')
  return { logs, witnesses, groups, quorum }
}

export function formatPolicy ({ logs, witnesses, groups, quorum }: Policy): string {
  return `${[
    ...logs.map(({ key, url }) => ['log', formatVerifierKey(key), url]),
    ...witnesses.map(({ name, key, url }) => ['witness', name, formatVerifierKey(key), url]),
    ...groups.map(({ name, threshold, members }) => ['group', name, String(threshold), ...members]),
    ['quorum', quorum ?? 'none']
  ].map((words) => words.filter((word) => word !== undefined).join(' ')).join('\n')}\n`
}

/** Checks that enough witnesses have cosigned. @throws {TlogError} `quorum` */
export function checkQuorum (policy: Policy, cosignatures: readonly Cosignature[]): void {
  if (policy.quorum === undefined) return
  const satisfied = new Set(policy.witnesses.filter(({ key }) => cosignatures.some(({ witness }) => witness.name === key.name && witness.keyId.equals(key.keyId))).map(({ name }) => name))
  // Members stand above their group, so one pass is enough.
  for (const { name, threshold, members } of policy.groups) if (members.filter((member) => satisfied.has(member)).length >= threshold) satisfied.add(name)
  if (!satisfied.has(policy.quorum)) throw new TlogError('quorum', 'too few witnesses have cosigned the checkpoint')
}

function keyOf (text: string, type: number, refuse: (problem: string) => never): VerifierKey {
  try {
    const key = parseVerifierKey(text)
    return key.type === type ? key : refuse('a key of another kind')
  } catch (error) {
    if (error instanceof TlogError && error.message.startsWith('policy')) throw error
    return refuse('not a verifier key')
  }
}

function malformed (line: number, problem: string): TlogError {
  return new TlogError('malformed', `policy${line === 0 ? '' : `, line ${line}`}: ${problem}`)
}
