import t from 'tap'
import { startService } from '../network/service.ts'
import { callService, FIRST_SERVICE, startEnvironment } from './environment.ts'
import { startNewGateway } from './new-gateway.ts'

// What an administrator asks the core about a gateway that has joined, and how the answer comes back with the configuration.

const service = await startService()
t.teardown(() => service.close())
const environment = await startEnvironment(t, service.url)
const made = await startNewGateway(t)
const { console } = made
const portal = '/clients/TEST:GOV:1001:portal'
const address = `127.0.0.1:${made.ports.messages}`
await environment.join(made, '1001', 'portal')

/** What the core took in is published, and the gateways have it. */
async function settle (): Promise<void> {
  await environment.core.publish()
  await environment.follow(made)
}

t.test('a client rests, returns and is renamed', async (t) => {
  await console.done('PUT', `${portal}/disable`)
  t.match((await console.get(portal)).body, { status: 'DISABLING_IN_PROGRESS' })
  await settle()
  t.match((await console.get(portal)).body, { status: 'DISABLED' })
  t.equal(await callService(made, FIRST_SERVICE, 'TEST/GOV/1001/portal'), 500)
  await console.done('PUT', `${portal}/enable`)
  t.match((await console.get(portal)).body, { status: 'ENABLING_IN_PROGRESS' })
  await settle()
  t.match((await console.get(portal)).body, { status: 'REGISTERED' })
  t.equal(await callService(made, FIRST_SERVICE, 'TEST/GOV/1001/portal'), 200)
  await console.done('PUT', `${portal}/rename`, { client_name: 'Портал Ради' })
  t.match((await console.get(portal)).body, { rename_status: 'NAME_SUBMITTED', subsystem_name: 'Портал Ради' })
  await settle()
  const { body } = await console.get(portal)
  t.match(body, { subsystem_name: 'Портал Ради' })
  t.notOk('rename_status' in body)
})

t.test('address and maintenance are asked for, and forgotten when they are so', async (t) => {
  t.match(await console.put('/system/server-address', { address }), { status: 409, body: { error: { code: 'same_address_change_request' } } })
  t.match(await console.put('/system/server-address', { address: `localhost:${made.ports.messages}` }), { status: 202 })
  t.match((await console.get('/system/server-address')).body, { current_address: { address }, requested_change: { address: `localhost:${made.ports.messages}` } })
  await console.done('PUT', '/system/maintenance-mode/enable', { message: 'до 18:00' })
  t.match((await console.get('/system/maintenance-mode')).body, { status: 'PENDING_ENABLE_MAINTENANCE_MODE', is_management_services_provider: false })
  await settle()
  t.same((await console.get('/system/server-address')).body, { current_address: { address: `localhost:${made.ports.messages}` } })
  t.match((await console.get('/system/maintenance-mode')).body, { status: 'ENABLED_MAINTENANCE_MODE', message: 'до 18:00' })
  await console.done('PUT', '/system/maintenance-mode/disable')
  await settle()
  t.match((await console.get('/system/maintenance-mode')).body, { status: 'DISABLED_MAINTENANCE_MODE' })
})
