import { createLogger, systemClock, untilSignal, UsageError, type CliArguments, type CliCommand } from '@trembita/daemon'
import { readFile } from 'node:fs/promises'
import { parseAnchor } from '@trembita/protocol/globalconf'
import { readProxyConfig, type ProxyConfig } from './config.ts'
import { Proxied } from './proxied-source.ts'
import { startConfigurationProxy } from './start-proxy.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** `configuration-proxy` and what an operator does at its machine. Keys that commands change are taken up within a minute. */
export function configurationProxyCommands (env: Environment): Record<string, CliCommand> {
  const withSource = (work: (source: Proxied, args: CliArguments, config: ProxyConfig) => Promise<string>) => async (args: CliArguments): Promise<void> => {
    const config = readConfig(args, env)
    const found = config.sources.find(({ name }) => name === args.positionals[0])
    if (found === undefined) throw new UsageError(`there is no source ${args.positionals[0] ?? ''}: ${config.sources.map(({ name }) => name).join(', ')}`)
    process.stdout.write(await work(new Proxied(config, found, systemClock, createLogger('configuration-proxy', 'silent')), args, config))
  }
  return {
    'configuration-proxy anchor': {
      summary: 'Prints the anchor that readers of a source of the proxy are set up with.',
      positionals: ['NAME'],
      main: withSource(async (source, _args, config) => {
        const { anchor } = config.sources.find(({ name }) => name === source.name)!
        return (await source.anchor(parseAnchor(await readFile(anchor)).instance)).toString('utf8')
      })
    },
    'configuration-proxy keys': {
      summary: 'Lists the signing keys of a source.',
      positionals: ['NAME'],
      main: withSource(async (source) => (await source.keys.list()).map(({ id, active, createdAt, publishedSince }) =>
        `${id}  ${active ? 'signs  ' : 'waiting'}  made ${createdAt.toISOString()}  ${publishedSince === undefined ? 'not published yet' : `published since ${publishedSince.toISOString()}`}\n`).join(''))
    },
    'configuration-proxy add-key': {
      summary: 'Makes a signing key of a source and prints its number; it is published from the next minute on, and signs when it is activated.',
      positionals: ['NAME'],
      main: withSource(async (source, _args, config) => `${await source.keys.add(config.keyType, systemClock.now())}\n`)
    },
    'configuration-proxy activate-key': {
      summary: 'Has a key sign instead of the one that does.',
      positionals: ['NAME', 'KEY'],
      options: { force: { type: 'boolean', description: 'although readers may not know it yet' } },
      main: withSource(async (source, { positionals, options }, config) => {
        await source.keys.activate(positionals[1]!, systemClock.now(), config.validitySeconds, options.force === true)
        return ''
      })
    },
    'configuration-proxy delete-key': {
      summary: 'Deletes a key that does not sign.',
      positionals: ['NAME', 'KEY'],
      main: withSource(async (source, { positionals }) => {
        await source.keys.remove(positionals[1]!)
        return ''
      })
    },
    'configuration-proxy': {
      summary: 'Fetches the configuration of other instances, signs it again by keys of its own, and offers it.',
      main: async (args) => {
        const config = readConfig(args, env)
        const log = createLogger('configuration-proxy', config.logLevel)
        await using proxy = await startConfigurationProxy(config, log)
        log.info({ addresses: proxy.addresses }, 'configuration proxy started')
        const signal = await untilSignal()
        log.info({ signal }, 'stopping')
      }
    }
  }
}

function readConfig ({ config: path }: CliArguments, env: Environment): ProxyConfig {
  if (path === undefined) throw new UsageError('which configuration? give --config FILE')
  return readProxyConfig(path, env)
}
