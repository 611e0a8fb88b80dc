import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { parseAgreement, parseAgreementList, readAgreementContainer, verifyAgreementContainer, writeAgreementContainer } from '@trembita/protocol/agreement'
import { trustStoreOfPki } from '@trembita/testnet/pki'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { checkPart, parseDirectory } from '@trembita/protocol/globalconf'
import type { ApiClient } from '../api-client.ts'
import { pki } from '../seeding.ts'
import { after, base64, conclude, download, now, open, seals, terms, type Details, type Refused } from './running.ts'
import { seal } from './sealing.ts'

t.setTimeout(120_000)

t.test('TR-9b, TR-6.4: an agreement is drafted, sealed by one side and the other, and gateways are told at once', async (t) => {
  const running = await open(t)
  const { office, auditor, document, published, core } = running
  t.equal(await published(), undefined, 'nothing is published while nothing is agreed')
  const draft = await office<Details>('POST', '/agreements', terms())
  t.match(draft, { status: 201, body: { id: 'AGR-1', version: 1, state: 'draft', seals: [], price: { amount: '0.00', currency: 'UAH' } } })
  const bytes = await document('AGR-1')
  t.match(parseAgreement(bytes), { id: 'AGR-1', consumer: { memberCode: '2002', subsystemCode: 'SHOP' }, services: [{ operations: [{ json: ['/name', '/addresses/*/katottg'] }] }] })
  const first = await office<Details>('POST', '/agreements/AGR-1/versions/1/seals', { container: base64(await writeAgreementContainer({ document: bytes, seals: { provider: await seal(seals.provider, bytes) } }, now)) })
  t.match(first, { status: 200, body: { state: 'sealed_by_provider', seals: [{ side: 'provider', verdict: 'verified', member_id: 'ZZ:GOV:1001' }] } })
  t.equal(await published(), undefined, 'one seal is no agreement')
  const form = new FormData()
  form.set('signature', new Blob([await seal(seals.consumer, bytes) as Uint8Array<ArrayBuffer>]), 'signatures.xml')
  form.set('side', 'consumer')
  const both = await office<Details>('POST', '/agreements/AGR-1/versions/1/seals', form)
  t.match(both, { status: 200, body: { state: 'in_force', seals: [{ side: 'consumer', verdict: 'verified' }, { side: 'provider', verdict: 'verified' }] } })
  t.match(await published(), { instance: 'ZZ', agreements: [{ id: 'AGR-1', version: 1, state: 'inForce', containerHash: both.body.container_sha256, purposes: ['P1'], services: [{ code: 'people' }] }] })

  const container = await readAgreementContainer(await download(core, '/agreements/AGR-1/versions/1/container'))
  t.equal(verifyAgreementContainer(container, (instance) => instance === 'ZZ' ? { ...trustStoreOfPki(pki), instance } : undefined).verdict, 'verified', 'anybody can verify what is given away')
  t.match(await auditor('GET', '/agreements?state=in_force'), { status: 200, body: { items: [{ id: 'AGR-1', state: 'in_force' }], paging_metadata: { total_items: 1 } } })
  t.match(await auditor('GET', '/agreements?q=міністерство&party=ZZ:COM:2002'), { body: { paging_metadata: { total_items: 1 } } })
  t.match(await auditor('GET', '/agreements?state=draft'), { body: { items: [] } })
  t.match(await auditor('GET', '/agreements?party=ZZ:GOV:1001:MANAGEMENT'), { body: { items: [] } })
  const events = await core.store.all<{ action: string }>("SELECT action FROM audit_event WHERE object_kind = 'agreement' ORDER BY id")
  t.same(events.map(({ action }) => action), ['agreement.add', 'agreement.seal', 'agreement.seal'])
})

t.test('a document written elsewhere is taken as it is, and one that differs by a byte is another', async (t) => {
  const running = await open(t)
  const { office, document } = running
  await office('POST', '/agreements', terms())
  const bytes = await document('AGR-1')
  const other = Buffer.from(bytes.toString().replaceAll('AGR-1', 'AGR-2'))
  t.match(await office('POST', '/agreements', { document: base64(other) }), { status: 201, body: { id: 'AGR-2', state: 'draft' } })
  t.same(await document('AGR-2'), other)
  t.match(await office('POST', '/agreements', { document: base64(Buffer.concat([other, Buffer.from('\n')])) }), { status: 400, body: { error: { code: 'malformed_agreement' } } })
  const foreign = await writeAgreementContainer({ document: other, seals: { provider: await seal(seals.provider, other) } }, now)
  t.match(await office('POST', '/agreements/AGR-1/versions/1/seals', { container: base64(foreign) }), { status: 409, body: { error: { code: 'agreement_document_differs' } } })
  t.match(await office('POST', '/agreements/AGR-1/versions/1/seals', { side: 'provider', signature: base64(await seal(seals.provider, other)) }), { status: 400, body: { error: { code: 'agreement_seal_invalid' } } })
})

t.test('a seal that proves nothing is not taken', async (t) => {
  const { office, document } = await open(t)
  await office('POST', '/agreements', terms())
  const bytes = await document('AGR-1')
  const add = async (body: object): Promise<unknown> => (await office<Refused>('POST', '/agreements/AGR-1/versions/1/seals', body)).body.error?.code
  t.equal(await add({ side: 'consumer', signature: base64(await seal(seals.provider, bytes)) }), 'agreement_seal_invalid', 'the other side\'s key')
  t.equal(await add({ side: 'consumer', signature: base64(await seal(seals.hromada, bytes)) }), 'agreement_seal_invalid', 'a third member\'s key')
  t.equal(await add({ side: 'consumer', signature: base64(Buffer.from('<x/>')) }), 'agreement_seal_invalid')
  t.equal(await add({ container: base64(await writeAgreementContainer({ document: bytes, seals: {} }, now)) }), 'agreement_seal_missing')
  t.equal(await add({ container: base64(Buffer.from('PK')) }), 'invalid_message')
  t.equal(await add({ container: 'not base64!' }), 'validation_failure')
  t.equal(await add({}), 'validation_failure')
  t.equal(await add({ signature: base64(bytes) }), 'validation_failure')
  t.match((await office<Details>('GET', '/agreements/AGR-1')).body, { state: 'draft', seals: [] }, 'and nothing has changed')
  const good = base64(await seal(seals.consumer, bytes, false))
  t.equal(await add({ side: 'consumer', signature: good }), undefined, 'one without a time stamp is judged when it comes')
  t.equal(await add({ side: 'consumer', signature: good }), undefined, 'the same once more changes nothing')
  t.equal(await add({ side: 'consumer', signature: base64(await seal(seals.consumer, bytes)) }), 'agreement_sealed_already')
  t.match((await office<Details>('GET', '/agreements/AGR-1')).body, { state: 'sealed_by_consumer', seals: [{ verdict: 'verified', timestamped_at: null }] })
})

t.test('TR-10: an authority pays nothing, and nothing else may be agreed with it', async (t) => {
  const running = await open(t)
  const { office, core } = running
  const price = { amount: '100.00', currency: 'UAH' }
  const free = { consumer_id: 'ZZ:GOV:1001:EDR', provider_id: 'ZZ:COM:2002:SHOP' }
  t.match(await office('POST', '/agreements', terms({ ...free, price })), { status: 400, body: { error: { code: 'agreement_price', validation_errors: { price: /free of charge|nothing/ } } } })
  t.match(await office('POST', '/agreements', terms({ consumer_id: 'ZZ:GOV:3003:QUEUE', price })), { status: 400, body: { error: { code: 'agreement_price' } } }, 'local government neither')
  t.match(await office('POST', '/agreements', terms({ price: { amount: '0.01' } })), { status: 201 }, 'an enterprise may')
  t.match(await office('POST', '/agreements', terms({ ...free, id: 'AGR-2', price: { amount: '0.00' } })), { status: 201 })
  t.match(await office('POST', '/agreements', terms({ id: 'AGR-3', price: { amount: '-1.00' } })), { status: 400, body: { error: { code: 'validation_failure' } } })
  const { body: draft } = await office<Details>('POST', '/agreements', terms({ id: 'AGR-4', price }))
  await core.store.write(async (tx) => { await tx.run("UPDATE member SET kind = 'authority' WHERE code = '2002'") })
  const bytes = await running.document(draft.id)
  await office('POST', '/agreements/AGR-4/versions/1/seals', { side: 'consumer', signature: base64(await seal(seals.consumer, bytes)) })
  t.match(await office('POST', '/agreements/AGR-4/versions/1/seals', { side: 'provider', signature: base64(await seal(seals.provider, bytes)) }), { status: 400, body: { error: { code: 'agreement_price' } } }, 'asked again when it is concluded')
  await core.store.write(async (tx) => { await tx.run("UPDATE member SET kind = NULL WHERE code = '2002'") })
  t.match(await office('POST', '/agreements', terms({ id: 'AGR-5', price })), { status: 409, body: { error: { code: 'member_kind_missing' } } })
})

t.test('TR-6.2: both sides are registered, and have acceded where the instance asks for it', async (t) => {
  const { office, core } = await open(t)
  t.match(await office('POST', '/agreements', terms({ consumer_id: 'ZZ:COM:2002:OTHER' })), { status: 409, body: { error: { code: 'subsystem_not_found', validation_errors: { consumer_id: ['is not registered'] } } } })
  t.match(await office('POST', '/agreements', terms({ provider_id: 'YY:GOV:1001:EDR' })), { status: 409, body: { error: { code: 'subsystem_not_found' } } })
  t.match(await office('POST', '/agreements', terms({ provider_id: 'ZZ:GOV:1001' })), { status: 400, body: { error: { code: 'invalid_encoded_id' } } })
  await core.store.write(async (tx) => { await tx.run("INSERT INTO system_parameter (name, value) VALUES ('accessionRequired', 'true')") })
  t.match(await office('POST', '/agreements', terms()), { status: 409, body: { error: { code: /accession_missing|contract_missing/ } } })
})

t.test('what is wrong with the terms is told by field or in words', async (t) => {
  const { office } = await open(t)
  const refused = async (change: object): Promise<string | undefined> => (await office<Refused>('POST', '/agreements', terms(change))).body.error?.code
  t.equal(await refused({ number: undefined }), 'validation_failure')
  t.equal(await refused({ id: 'a/b' }), 'malformed_agreement')
  t.equal(await refused({ purposes: [] }), 'validation_failure')
  t.equal(await refused({ services: [{ code: 'x', operations: [{ json: ['name'] }] }] }), 'malformed_agreement')
  t.equal(await refused({ until: after(-1), from: after(-2) }), 'agreement_term_over')
  t.equal(await refused({ until: after(-1) }), 'malformed_agreement')
  t.equal(await refused({ version: 2 }), 'agreement_version')
  t.equal(await refused({ unknown: 1 }), 'validation_failure')
  t.match(await office('GET', '/agreements/AGR-9'), { status: 404, body: { error: { code: 'agreement_not_found' } } })
  t.match(await office('GET', '/agreements/AGR-9/versions/1/container'), { status: 404 })
})

t.test('either side and the holder suspend, and who suspended lets it go on; the end is the end', async (t) => {
  const running = await open(t)
  const { office, holder, published } = running
  await conclude(running)
  const decide = async (who: ApiClient, decision: string, by: string, ground = 'лист № 5'): Promise<string> => {
    const { body } = await who<Details & Refused>('POST', `/agreements/AGR-1/versions/1/${decision}`, { decided_by: by, ground })
    return body.error?.code ?? body.state
  }
  const state = async (): Promise<string | undefined> => (await published())?.agreements[0]?.state
  t.equal(await decide(office, 'resume', 'consumer'), 'agreement_state')
  t.equal(await decide(office, 'suspend', 'holder'), 'forbidden', 'nobody speaks for the holder')
  t.equal(await decide(office, 'suspend', 'consumer', ' '), 'validation_failure', 'a ground is needed')
  t.equal(await decide(office, 'suspend', 'consumer'), 'suspended')
  t.equal(await state(), 'suspended')
  t.equal(await decide(office, 'suspend', 'provider'), 'agreement_state')
  t.equal(await decide(office, 'resume', 'provider'), 'agreement_other_decides')
  t.equal(await decide(office, 'resume', 'consumer'), 'in_force')
  t.equal(await state(), 'inForce')
  t.equal(await decide(office, 'suspend', 'provider'), 'suspended')
  t.equal(await decide(holder, 'suspend', 'holder', 'наказ № 7'), 'suspended', 'the holder takes a suspension over')
  t.equal(await decide(office, 'resume', 'provider'), 'agreement_other_decides')
  t.equal(await decide(holder, 'resume', 'holder'), 'in_force')
  t.equal(await decide(office, 'end', 'consumer'), 'ended')
  t.equal(await state(), 'ended')
  t.equal(await decide(holder, 'resume', 'holder'), 'agreement_state')
  t.match((await office<Details>('GET', '/agreements/AGR-1')).body.decisions, [
    { decision: 'suspend', decided_by: 'consumer', ground: 'лист № 5' }, { decision: 'resume' }, { decision: 'suspend' }, { decided_by: 'holder', ground: 'наказ № 7' }, { decision: 'resume' }, { decision: 'end' }
  ])
})

t.test('the clock begins and ends an agreement, and after a while it is no longer told of', async (t) => {
  const running = await open(t)
  const { office, clock, published, core } = running
  await conclude(running, { from: after(1), until: after(3) })
  const state = async (): Promise<string> => (await office<Details>('GET', '/agreements/AGR-1')).body.state
  t.equal(await state(), 'concluded')
  t.match(await office('GET', '/agreements?state=concluded'), { body: { items: [{ id: 'AGR-1' }] } })
  clock.advance(1.5 * 86_400)
  t.equal(await state(), 'in_force')
  clock.advance(1.5 * 86_400)
  t.equal(await state(), 'expired')
  t.match(await office('GET', '/agreements?state=expired'), { body: { items: [{ id: 'AGR-1' }] } })
  t.equal((await published())?.agreements.length, 1, 'so that a gateway can say that it expired')
  clock.advance(91 * 86_400)
  await core.changes.change({ kind: 'system', id: 'test', name: 'test', roles: [], origin: 'system' }, (tx) => tx.record({ action: 'test', object: { kind: 'test', id: '1' } }))
  t.equal(await published(), undefined)
})

t.test('a new version takes the place of the last when its term begins', async (t) => {
  const running = await open(t)
  const { office, clock, published } = running
  await conclude(running)
  t.match(await office('POST', '/agreements', terms({ consumer_id: 'ZZ:GOV:3003:QUEUE' })), { status: 409, body: { error: { code: 'agreement_parties' } } })
  t.match(await office('POST', '/agreements', terms({ version: 3 })), { status: 409, body: { error: { code: 'agreement_version' } } })
  await office('POST', '/agreements', terms({ from: after(10), until: after(500) }))
  t.match(await office('POST', '/agreements', terms()), { status: 409, body: { error: { code: 'agreement_draft_exists' } } })
  t.match(await office('DELETE', '/agreements/AGR-1/versions/1'), { status: 409, body: { error: { code: 'agreement_concluded' } } })
  t.match(await office('DELETE', '/agreements/AGR-1/versions/2'), { status: 204 })
  await conclude(running, { from: after(10), until: after(500) })
  const states = async (): Promise<unknown> => (await office<Details>('GET', '/agreements/AGR-1')).body.versions.map(({ version, state }) => `${version} ${state}`)
  t.same(await states(), ['2 concluded', '1 in_force'])
  t.match((await published())?.agreements, [{ version: 1, term: { until: new Date(after(10)) } }, { version: 2, term: { from: new Date(after(10)) } }], 'a gateway goes over by its own clock')
  clock.advance(11 * 86_400)
  t.same(await states(), ['2 in_force', '1 replaced'])
  t.match(await office('GET', '/agreements'), { body: { items: [{ version: 2 }], paging_metadata: { total_items: 1 } } })
  t.match(await office('GET', '/agreements?all_versions=true'), { body: { paging_metadata: { total_items: 2 } } })
  t.match(await office('GET', '/agreements?all_versions=true&state=replaced'), { body: { items: [{ version: 1 }] } })
})

t.test('no later version undoes what the holder decided, nor an end', async (t) => {
  const running = await open(t)
  const { office, holder, published } = running
  await conclude(running)
  await office('POST', '/agreements', terms())
  t.equal((await holder('POST', '/agreements/AGR-1/versions/1/suspend', { decided_by: 'holder', ground: 'наказ № 7' })).status, 200)
  const document = await running.document('AGR-1', 2)
  const sealBy = async (side: 'consumer' | 'provider') => await office('POST', '/agreements/AGR-1/versions/2/seals', { side, signature: base64(await seal(seals[side], document)) })
  t.match(await sealBy('consumer'), { status: 200 })
  t.match(await sealBy('provider'), { status: 409, body: { error: { code: 'agreement_suspended' } } })
  t.match((await published())?.agreements, [{ version: 1, state: 'suspended' }])
  await office('DELETE', '/agreements/AGR-1/versions/2')
  t.match(await office('POST', '/agreements', terms()), { status: 409, body: { error: { code: 'agreement_suspended' } } })
  t.equal((await office('POST', '/agreements/AGR-1/versions/1/end', { decided_by: 'consumer', ground: 'лист № 5' })).status, 200)
  t.match(await office('POST', '/agreements', terms()), { status: 409, body: { error: { code: 'agreement_ended' } } })
})

t.test('who may look may not change, and who may not look sees nothing', async (t) => {
  const running = await open(t)
  const { auditor, office, core } = running
  t.match(await auditor('POST', '/agreements', terms()), { status: 403 })
  await conclude(running)
  t.match(await auditor('POST', '/agreements/AGR-1/versions/1/end', { decided_by: 'consumer', ground: 'x' }), { status: 403 })
  t.match(await auditor('POST', '/agreements/AGR-1/versions/1/seals', {}), { status: 403 })
  t.match(await auditor('DELETE', '/agreements/AGR-1/versions/1'), { status: 403 })
  t.match(await auditor('GET', '/agreements/AGR-1/versions/1'), { status: 200 })
  t.equal((await fetch(`${core.addresses.admin}/api/v1/agreements`)).status, 401)
  t.match(await office('GET', '/agreements/AGR-1/versions/2'), { status: 404 })
})

t.test('a list of agreements goes into every version of the internal configuration, and into no external one', async (t) => {
  const running = await open(t)
  await conclude(running)
  const expected = await running.published()
  for (const version of [2, 3, 4, 5, 6]) {
    const { configuration } = running.core.addresses
    const internal = parseDirectory(Buffer.from(await (await fetch(`${configuration}/internalconf?version=${version}`)).arrayBuffer()))
    const part = internal.parts.find(({ contentIdentifier }) => contentIdentifier === 'AGREEMENTS')
    t.match(part?.location, /^\/V\d\/\d+\/agreements\.xml$/, 'peers keep it under its last segment')
    t.same(internal.parts.map(({ contentIdentifier }) => contentIdentifier).sort(), ['AGREEMENTS', 'PRIVATE-PARAMETERS', 'SHARED-PARAMETERS'], `version ${version}`)
    const bytes = Buffer.from(await (await fetch(configuration + part!.location)).arrayBuffer())
    checkPart(part!, bytes)
    t.same(parseAgreementList(bytes), expected)
    const external = parseDirectory(Buffer.from(await (await fetch(`${configuration}/externalconf?version=${version}`)).arrayBuffer()))
    t.same(external.parts.map(({ contentIdentifier }) => contentIdentifier), ['SHARED-PARAMETERS'])
  }
})

t.test('in PostgreSQL it is the same', { skip: postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system' }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-agreements-'))
  const postgres = await startPostgres(folder)
  t.teardown(async () => {
    await postgres[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const running = await open(t, postgres.url)
  const { office, published } = running
  t.match(await conclude(running), { state: 'in_force', seals: [{ verdict: 'verified' }, { verdict: 'verified' }] })
  await conclude(running, { from: after(10), until: after(500) })
  t.match(await office('GET', '/agreements?all_versions=true&q=Company&sort=valid_until&desc=true'), { body: { items: [{ version: 2, state: 'concluded' }, { version: 1, state: 'in_force' }] } })
  for (const state of ['draft', 'sealed_by_consumer', 'sealed_by_provider', 'suspended', 'ended', 'expired', 'replaced']) t.match(await office('GET', `/agreements?all_versions=true&state=${state}`), { status: 200, body: { items: [] } }, state)
  await office('POST', '/agreements/AGR-1/versions/1/suspend', { decided_by: 'consumer', ground: 'лист' })
  t.match((await published())?.agreements, [{ version: 1, state: 'suspended' }, { version: 2, state: 'inForce' }])
})
