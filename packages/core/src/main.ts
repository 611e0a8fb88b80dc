import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Catalog } from '@trembita/catalog'
import { createLogger, runCli, systemClock, untilSignal, UsageError, type CliArguments } from '@trembita/daemon'
import { API_KEY_OPTIONS, createApiKeyAtMachine, operatorAtMachine } from '@trembita/daemon/accounts'
import { coreApiKeys } from './accounts.ts'
import { Changes } from './audit/index.ts'
import { describeBackup, readBackup, restoreBackupFile, writeBackupFile, type BackupCommandDeps } from './backup/index.ts'
import { readCoreConfig, type CoreConfig } from './config.ts'
import { configurationProxyCommands } from './configuration-proxy/index.ts'
import { openCoreStore, startCore, type Core } from './core.ts'
import type { Mount } from './admin/index.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import type { AnchorFile } from './globalconf/index.ts'
import { Refusal } from './refusal.ts'
import { CORE_VERSION } from './version.ts'

/** The daemon, and what an operator does at the machine itself. */
export async function main (): Promise<void> {
  await runCli({
    name: 'trembita-core',
    version: CORE_VERSION,
    summary: 'Core of the system: keeps the registry of participants and publishes the signed configuration, X-Road versions 2 to 6.',
    notes: [
      'Settings of the file can be overridden by TREMBITA_CORE_* variables; docs/configuration.md lists them.',
      'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'
    ],
    commands: {
      ...configurationProxyCommands(process.env),
      'api-key create': {
        summary: 'Makes a key for the administration API and prints it, once. Works while the core runs and while it does not.',
        options: API_KEY_OPTIONS,
        main: createApiKey
      },
      'backup create': {
        summary: 'Writes everything that the core knows into one file, encrypted by its passphrase and signed by its key.',
        positionals: ['FILE'],
        options: { 'without-keys': { type: 'boolean', description: 'leave the configuration signing keys out' } },
        main: (args) => atMachine(args, (deps) => writeBackupFile(deps, resolve(args.positionals[0]!), args.options['without-keys'] !== true))
      },
      'backup restore': {
        summary: 'Puts a backup in the place of all that the core knows. The core must be stopped.',
        positionals: ['FILE'],
        options: {
          anchor: { type: 'string', placeholder: 'FILE', description: 'internal anchor of the environment: the backup must be signed by a key of it' },
          signer: { type: 'string', placeholder: 'SHA256', description: 'fingerprint of the signer, where there is no anchor' },
          replace: { type: 'boolean', description: 'although an environment is there already: it is lost' }
        },
        main: (args) => atMachine(args, async (deps) => {
          // A running core would go on with keys and configuration that are no more.
          using lock = lockDataFolder(deps.dataFolder)
          void lock
          return await restoreBackupFile(deps, args.positionals[0]!, {
            anchor: args.options.anchor as string | undefined, signer: args.options.signer as string | undefined, replace: args.options.replace === true
          })
        })
      },
      'backup show': {
        summary: 'Checks the signature of a backup and tells what it says of itself.',
        positionals: ['FILE'],
        takesConfig: false,
        main: async ({ positionals }) => { process.stdout.write(`${describeBackup(readBackup(await readFile(positionals[0]!)))}\n`) }
      }
    },
    main: async (args) => {
      const config = readConfig(args)
      const log = createLogger('core', config.logLevel)
      let catalog: Catalog | undefined
      const mount: Mount = {
        prefix: '/catalog',
        handle: (request, response) => { catalog === undefined ? response.writeHead(503, { 'retry-after': '5' }).end() : catalog.handle(request, response) }
      }
      await using core = await startCore(config, log, systemClock, config.catalog === undefined ? [] : [mount])
      log.info({ addresses: core.addresses }, 'core started')
      const ending = new AbortController()
      const mounting = config.catalog === undefined
        ? Promise.resolve(undefined)
        : startMountedCatalog(config.catalog, core, config.publicUrl, ending.signal).then((started) => { catalog = started })
      mounting.catch((error: unknown) => { log.error({ err: error }, 'the catalog could not be started') })
      const signal = await untilSignal()
      ending.abort()
      await mounting.catch(() => {})
      await catalog?.close()
      log.info({ signal }, 'stopping')
    }
  })
}

/** An instance gets its name once; until then there is no configuration that a catalog could follow. */
const ANCHOR_EVERY_MS = 500

/** The catalog asks for its configuration by the anchor of this very core, and is reached where the console is. @returns undefined when the core ends before it has an anchor. */
async function startMountedCatalog (path: string, core: Core, publicUrl: string | undefined, ending: AbortSignal): Promise<Catalog | undefined> {
  // Only where it is wanted: a core without a catalog need not hold one in memory.
  const { readCatalogConfig, startCatalog } = await import('@trembita/catalog')
  const config = readCatalogConfig(path, process.env)
  let anchor: AnchorFile | undefined
  while (anchor === undefined) {
    if (ending.aborted) return undefined
    anchor = await core.anchor('internal').catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'not_initialised') return undefined
      throw error
    })
    if (anchor === undefined) await wait(ANCHOR_EVERY_MS, undefined, { signal: ending }).catch(() => {})
  }
  const { bytes } = anchor
  return await startCatalog({ ...config, listen: undefined }, createLogger('catalog', config.logLevel), { anchor: Buffer.from(bytes), origin: new URL(publicUrl ?? core.addresses.admin).origin })
}

function readConfig ({ config: path }: CliArguments): CoreConfig {
  if (path === undefined) throw new UsageError('which configuration? give --config FILE')
  return readCoreConfig(path, process.env)
}

async function createApiKey (args: CliArguments): Promise<void> {
  await atMachine(args, async ({ store, changes, clock }) => (await createApiKeyAtMachine(coreApiKeys(store, changes, clock), args.options, clock.now())).key)
}

/**
 * Does something with what the core keeps, and prints what comes of it. Whoever may read the data of the core may do so: the
 * permissions of its files are the sign-in.
 */
async function atMachine (args: CliArguments, work: (deps: BackupCommandDeps) => Promise<string>): Promise<void> {
  const config = readConfig(args)
  const store = await openCoreStore(config)
  try {
    const changes = new Changes(store, systemClock)
    const deps = { store, changes, dataFolder: config.dataFolder, passphrase: config.passphrase, node: config.node ?? 'core', program: CORE_VERSION, clock: systemClock, actor: operatorAtMachine() }
    process.stdout.write(`${await work(deps)}\n`)
  } finally {
    await store.close()
  }
}
