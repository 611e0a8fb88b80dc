import t from 'tap'
import { readContainer, verifyContainer, type Container } from '@trembita/protocol/asic'
import { verificationJson } from '../../src/admin/messagelog/verification-json.ts'
import { openLog, startAuthority } from '../messagelog/fixture.ts'

// What a person is told of a container that is not what it should be: which step failed, and that those behind it were not reached.

interface Told { readonly verdict: string, readonly steps: readonly { readonly step: string, readonly outcome: string }[], readonly reason?: { readonly code: string } }

const authority = await startAuthority()
t.teardown(() => authority.close())
const log = await openLog(authority, t.testdir())
t.teardown(() => log.close())
const id = await log.append(await authority.record({ bodies: [Buffer.from('{"a":1}')] }))
await log.stamp([id])
const [built] = await log.containers([id])
const container = await readContainer(built!.bytes)

const told = (changed: Partial<Container>, known = true): Told =>
  verificationJson(verifyContainer({ ...container, ...changed }, (instance) => known && instance === authority.trust.instance ? authority.trust : undefined)) as Told
const failedStep = ({ steps }: Told): string | undefined => steps.find(({ outcome }) => outcome === 'failed' || outcome === 'undecided')?.step

t.test('(TR-4.6) a sound container: every step held', async (t) => {
  const { verdict, steps } = told({})
  t.equal(verdict, 'verified')
  t.same([...new Set(steps.map(({ outcome }) => outcome))], ['passed'])
})

t.test('(TR-4.6) what was changed is named by the step that finds it', async (t) => {
  const flipped = (text: Uint8Array, from: string | RegExp, to: string): Buffer => Buffer.from(Buffer.from(text).toString('latin1').replace(from, to), 'latin1')
  const message = told({ message: flipped(container.message, 'lookup/person', 'lookup/persom') })
  t.match(message, { verdict: 'failed', reason: { code: /InvalidSignatureValue|InvalidReference|HashChain/ } })
  t.equal(failedStep(message), 'seal')
  t.equal(message.steps.at(-1)!.outcome, 'not_reached')
  t.equal(failedStep(told({ attachments: new Map([['attachment1', Buffer.from('{"a":2}')]]) })), 'seal')
  t.equal(failedStep(told({ signature: flipped(container.signature, /(<ds:SignatureValue[^>]*>).{4}/, '$1AAAA') })), 'timestamp', 'the stamp is of the seal as it was')
  t.equal(failedStep(told({ strangers: ['other.txt'] })), 'files')
})

t.test('nobody to trust is no failure, and no proof', async (t) => {
  const unknown = told({}, false)
  t.equal(unknown.verdict, 'undecided')
  t.equal(failedStep(unknown), 'certificate')
})
