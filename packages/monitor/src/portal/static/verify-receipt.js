/**
 * Verification of a receipt in the browser: C2SP tlog-proof, signed note, cosignature and policy, with WebCrypto alone.
 * Written apart from the server's, so that neither has to be believed.
 */

class ReceiptProblem extends Error {}

const utf8 = new TextEncoder()
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)))

function concat (...parts) {
  const bytes = parts.map((part) => typeof part === 'string' ? utf8.encode(part) : part)
  const whole = new Uint8Array(bytes.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of bytes) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const equal = (left, right) => left.length === right.length && left.every((byte, at) => byte === right[at])
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function must (condition, problem) {
  if (!condition) throw new ReceiptProblem(problem)
}

/** One spelling alone: bits that base64 does not use are zero. */
function fromBase64 (text) {
  const letters = atob(text)
  must(btoa(letters) === text, 'malformed')
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
}

function fromBase64Url (text) {
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/').padEnd(Math.ceil(text.length / 4) * 4, '='))
}

/** RFC 8785, for what an event holds: texts, whole numbers, booleans, lists, objects. */
function canonical (value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
  return JSON.stringify(value)
}

/** `name+hex(key id)+base64(type ‖ key)`, at the first two plus signs. */
async function verifierKey (text, type) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? []
  must(name !== undefined, 'malformed')
  const bytes = fromBase64(encoded)
  must(bytes.length === 33 && bytes[0] === type, 'malformed')
  must(hex((await sha256(`${name}\n`, bytes)).subarray(0, 4)) === id, 'malformed')
  return { name, id, key: await crypto.subtle.importKey('raw', bytes.subarray(1), { name: 'Ed25519' }, false, ['verify']) }
}

async function readPolicy (text) {
  const policy = { logs: [], witnesses: new Map(), groups: [], quorum: undefined }
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/)
    if (word === '' || word.startsWith('#')) continue
    if (word === 'log') policy.logs.push(await verifierKey(rest[0], 1))
    else if (word === 'witness') policy.witnesses.set(rest[0], await verifierKey(rest[1], 4))
    else if (word === 'group') policy.groups.push({ name: rest[0], count: rest[1], members: rest.slice(2) })
    else if (word === 'quorum') policy.quorum = rest[0]
    else must(false, 'malformed')
  }
  must(policy.logs.length > 0 && policy.quorum !== undefined, 'malformed')
  return policy
}

function readProof (text) {
  const split = text.indexOf('\n\n')
  const lines = text.slice(0, split).split('\n')
  must(split > 0 && lines.shift() === 'c2sp.org/tlog-proof@v1', 'malformed')
  const extra = lines[0].startsWith('extra ') ? fromBase64(lines.shift().slice(6)) : undefined
  const index = /^index (\d{1,15})$/.exec(lines.shift() ?? '')
  must(index !== null, 'malformed')
  return { extra, index: Number(index[1]), hashes: lines.map(fromBase64), note: text.slice(split + 2) }
}

function readNote (text) {
  const split = text.lastIndexOf('\n\n')
  must(split > 0 && text.endsWith('\n'), 'malformed')
  const body = text.slice(0, split + 1)
  const [origin, size, root, ...more] = body.split('\n')
  must(/^\d{1,15}$/.test(size) && more.length === 1, 'malformed')
  const signatures = text.slice(split + 2, -1).split('\n').map((line) => {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? []
    must(name !== undefined, 'malformed')
    const bytes = fromBase64(encoded)
    return { name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) }
  })
  return { body, origin, size: Number(size), root: fromBase64(root), signatures }
}

const signaturesOf = (note, { name, id }) => note.signatures.filter((one) => one.name === name && one.id === id)

/** The log's signature, then those of the witnesses, then whether they are enough. */
async function checkSignatures (note, policy) {
  const log = policy.logs.find(({ name }) => name === note.origin)
  must(log !== undefined, 'signature')
  const own = signaturesOf(note, log)
  must(own.length > 0, 'signature')
  for (const { bytes } of own) must(await crypto.subtle.verify('Ed25519', log.key, bytes, utf8.encode(note.body)), 'signature')
  const cosigned = new Map()
  for (const [name, witness] of policy.witnesses) {
    for (const { bytes } of signaturesOf(note, witness)) {
      must(bytes.length === 72, 'signature')
      const seconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0)
      must(await crypto.subtle.verify('Ed25519', witness.key, bytes.subarray(8), utf8.encode(`cosignature/v1\ntime ${seconds}\n${note.body}`)), 'signature')
      cosigned.set(name, new Date(Number(seconds) * 1000))
    }
  }
  const satisfied = new Set(cosigned.keys())
  for (const { name, count, members } of policy.groups) {
    const least = count === 'any' ? 1 : count === 'all' ? members.length : Number(count)
    if (members.filter((member) => satisfied.has(member)).length >= least) satisfied.add(name)
  }
  must(policy.quorum === 'none' || satisfied.has(policy.quorum), 'quorum')
  return [...cosigned].map(([name, at]) => ({ name, at }))
}

/** RFC 6962 §2.1.1, as RFC 9162 §2.1.3.2 verifies it. */
async function checkInclusion (leaf, index, hashes, { size, root }) {
  must(index < size, 'inclusion')
  const node = (left, right) => sha256(Uint8Array.of(1), left, right)
  let place = BigInt(index)
  let last = BigInt(size) - 1n
  let hash = leaf
  for (const sibling of hashes) {
    must(last > 0n && sibling.length === 32, 'inclusion')
    if ((place & 1n) === 1n || place === last) {
      hash = await node(sibling, hash)
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n
        last >>= 1n
      }
    } else {
      hash = await node(hash, sibling)
    }
    place >>= 1n
    last >>= 1n
  }
  must(last === 0n && equal(hash, root), 'inclusion')
}

/** @returns what holds. Throws an error whose message is a word: malformed, opening, signature, quorum, inclusion. */
export async function verifyReceipt ({ proof: proofText, opening: openingText, policy: policyText }) {
  const proof = readProof(proofText)
  const policy = await readPolicy(policyText)
  if (proof.extra !== undefined) must(equal(await sha256(openingText), proof.extra), 'opening')
  const { leafKind, salt, event } = JSON.parse(openingText)
  const bytes = fromBase64Url(salt)
  must(leafKind === 1 && bytes.length === 32, 'opening')
  const commitment = await sha256('monitor.leaf.v1\0', bytes, canonical(event))
  const leaf = await sha256(Uint8Array.of(0, leafKind), commitment)
  const note = readNote(proof.note)
  const witnesses = await checkSignatures(note, policy)
  await checkInclusion(leaf, proof.index, proof.hashes, note)
  return { origin: note.origin, size: note.size, index: proof.index, witnesses }
}

const WORDS = {
  uk: {
    good: 'Розписка справжня: запис стоїть у журналі й не змінений',
    bad: 'Розписку не підтверджено',
    log: (origin) => `журнал ${origin}`,
    leaf: (index, size) => `лист ${index} з ${size}`,
    witness: (name, at) => `свідок ${name}, ${at}`,
    none: 'свідків не вимагали',
    problems: { malformed: 'файл пошкоджено', opening: 'опис запису не той, для якого зроблено доказ', signature: 'підпис журналу або свідка неправильний', quorum: 'контрольну точку підписало замало свідків', inclusion: 'запису немає в журналі, або його змінено' }
  },
  en: {
    good: 'The receipt is genuine: the record stands in the log, unchanged',
    bad: 'The receipt is not verified',
    log: (origin) => `log ${origin}`,
    leaf: (index, size) => `leaf ${index} of ${size}`,
    witness: (name, at) => `witness ${name}, ${at}`,
    none: 'no witness was asked for',
    problems: { malformed: 'the file is damaged', opening: 'the description is not the one the proof was made for', signature: 'a signature of the log or of a witness is wrong', quorum: 'too few witnesses have signed the checkpoint', inclusion: 'the record is not in the log, or was changed' }
  }
}

/** The verdict in words, for the page. */
export async function verdictLines (lang, verify, receipt) {
  const words = WORDS[lang === 'en' ? 'en' : 'uk']
  const when = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'uk-UA', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Europe/Kyiv' })
  try {
    const { origin, size, index, witnesses } = await verify(receipt)
    return { good: true, title: words.good, lines: [words.log(origin), words.leaf(index, size), ...witnesses.length === 0 ? [words.none] : witnesses.map(({ name, at }) => words.witness(name, when.format(at)))] }
  } catch (error) {
    return { good: false, title: words.bad, lines: [words.problems[error.message] ?? words.problems.malformed] }
  }
}
