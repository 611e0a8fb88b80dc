import { hash } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import { AGREEMENTS_FILE, parseAgreementList, type AgreementList } from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import {
  parseFetchInterval, parseMonitoringParameters, parseNextUpdate, parsePrivateParameters, parseSharedParameters,
  type GlobalConfVersion, type PrivateParameters, type SharedParameters
} from '@trembita/protocol/globalconf'
import type { ClientId } from '@trembita/protocol/identifiers'
import { parseSuspensionList, SUSPENSIONS_FILE, type SuspensionList } from '@trembita/protocol/suspension'
import { InstanceConf } from './instance-conf.ts'
import { Snapshot } from './snapshot.ts'

interface ConfFile {
  readonly bytes: Buffer
  readonly version: GlobalConfVersion
  readonly expiresAt: Date | undefined
}

/** The files of one instance, by name, as downloaded or as found on disk. */
export interface InstanceFiles {
  readonly instance: string
  readonly files: Map<string, ConfFile>
}

interface Own {
  readonly privateParameters: PrivateParameters
  readonly verifyNextUpdate: boolean
  readonly ocspFetchIntervalSeconds: number
  readonly monitoringClient: ClientId | undefined
  readonly agreements: { readonly key: string, readonly list: AgreementList } | undefined
  readonly suspensions: { readonly key: string, readonly list: SuspensionList } | undefined
  readonly expiresAt: Date | undefined
}

interface Entry {
  readonly file: ConfFile
  readonly parameters: SharedParameters
}

const OCSP_FETCH_SECONDS_DEFAULT = 1200

/** Turns files into a snapshot, and parses nothing twice: most downloads bring what is known already. */
export class ConfState {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #parsed = new Map<string, unknown>()
  readonly #confs = new Map<string, { readonly key: string, readonly conf: InstanceConf }>()
  readonly #foreign = new Map<string, Entry>()
  #own: { readonly entry: Entry, readonly own: Own } | undefined
  #snapshot: Snapshot | undefined
  #content = ''
  #version = 0
  /** When the snapshot stops holding because a foreign instance in it expires. */
  #dropAt: Date | undefined

  constructor (clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** The state in force; expired foreign instances are as if absent (xroad-trust §2.8). */
  snapshot (): Snapshot | undefined {
    if (this.#dropAt !== undefined && this.#clock.now() > this.#dropAt) this.#rebuild()
    return this.#snapshot
  }

  sharedOf (instance: string): SharedParameters | undefined {
    if (this.#own?.entry.parameters.instance === instance) return this.#own.entry.parameters
    return this.#foreign.get(instance)?.parameters
  }

  /** @throws {Fault} `MalformedGlobalConf` for files that could not be applied; nothing changes. */
  check (files: InstanceFiles, own: boolean): void {
    this.#readShared(files)
    if (own) this.#readOwn(files)
  }

  apply (files: InstanceFiles, own: boolean): void {
    const entry = this.#readShared(files)
    if (own) this.#own = { entry, own: this.#readOwn(files) }
    else this.#foreign.set(files.instance, entry)
    this.#rebuild()
  }

  keepOnly (instances: readonly string[]): void {
    const gone = [...this.#foreign.keys()].filter((instance) => !instances.includes(instance))
    for (const instance of gone) {
      this.#foreign.delete(instance)
      this.#confs.delete(instance)
    }
    if (gone.length > 0) this.#rebuild()
  }

  clear (): void {
    this.#own = undefined
    this.#snapshot = undefined
    this.#foreign.clear()
    this.#confs.clear()
    this.#parsed.clear()
    this.#dropAt = undefined
    this.#content = ''
  }

  #readShared ({ instance, files }: InstanceFiles): Entry {
    const file = files.get('shared-params.xml')!
    const parameters = this.#parse(`${instance} shared`, file, parseSharedParameters)
    checkInstance(parameters.instance, instance)
    return { file, parameters }
  }

  #readOwn ({ instance, files }: InstanceFiles): Own {
    const file = files.get('private-params.xml')!
    const privateParameters = this.#parse(`${instance} private`, file, parsePrivateParameters)
    checkInstance(privateParameters.instance, instance)
    const expiries = [file.expiresAt, files.get('shared-params.xml')!.expiresAt].filter((date) => date !== undefined)
    return {
      privateParameters,
      verifyNextUpdate: this.#optional(files.get('nextupdate-params.xml'), parseNextUpdate) ?? true,
      ocspFetchIntervalSeconds: this.#optional(files.get('fetchinterval-params.xml'), parseFetchInterval) ?? OCSP_FETCH_SECONDS_DEFAULT,
      monitoringClient: this.#optional(files.get('monitoring-params.xml'), parseMonitoringParameters)?.client,
      agreements: this.#listOf(instance, 'agreements', files.get(AGREEMENTS_FILE), parseAgreementList),
      suspensions: this.#listOf(instance, 'suspensions', files.get(SUSPENSIONS_FILE), parseSuspensionList),
      expiresAt: expiries.length === 0 ? undefined : expiries.reduce((a, b) => a < b ? a : b)
    }
  }

  #parse<T> (name: string, file: ConfFile, parse: (bytes: Uint8Array, version: GlobalConfVersion) => T): T {
    const key = `${name} ${keyOf(file)}`
    const known = this.#parsed.get(key) as T | undefined
    if (known !== undefined) return known
    const value = parse(file.bytes, file.version)
    for (const old of this.#parsed.keys()) if (old.startsWith(`${name} `)) this.#parsed.delete(old)
    this.#parsed.set(key, value)
    return value
  }

  /** A part that the operator wrote by hand and got wrong counts as absent; the instance works on with the defaults. */
  #optional<T> (file: ConfFile | undefined, parse: (bytes: Uint8Array) => T): T | undefined {
    if (file === undefined) return undefined
    try {
      return parse(file.bytes)
    } catch (error) {
      this.#log.error({ err: error }, 'optional configuration part is not readable; its default holds')
      return undefined
    }
  }

  /** A large list comes rarely and is asked for at every refresh: it is read once. One of another instance counts as absent. */
  #listOf<List extends { readonly instance: string }> (instance: string, name: string, file: ConfFile | undefined, parse: (bytes: Uint8Array) => List): { readonly key: string, readonly list: List } | undefined {
    if (file === undefined) return undefined
    const list = this.#optional(file, () => this.#parse(`${instance} ${name}`, file, parse))
    if (list === undefined) return undefined
    if (list.instance === instance) return { key: keyOf(file), list }
    this.#log.error({ instance: list.instance, part: name }, 'configuration part is of another instance and was left out')
    return undefined
  }

  #confOf ({ file, parameters }: Entry, own: Own, ocspFreshnessSeconds: number): InstanceConf {
    const { instance } = parameters
    const key = `${keyOf(file)} ${own.verifyNextUpdate} ${ocspFreshnessSeconds}`
    const known = this.#confs.get(instance)
    if (known?.key === key) return known.conf
    const conf = new InstanceConf({ instance, version: file.version, bytes: file.bytes, parameters }, {
      verifyNextUpdate: own.verifyNextUpdate,
      ocspFreshnessSeconds,
      onUnusable: (what, err) => { this.#log.warn({ err, instance, what }, 'certificate of the configuration is not readable and is not trusted') }
    })
    this.#confs.set(instance, { key, conf })
    return conf
  }

  #rebuild (): void {
    if (this.#own === undefined) return
    const { entry, own } = this.#own
    const now = this.#clock.now()
    const alive = [...this.#foreign.values()].filter(({ file }) => file.expiresAt === undefined || now <= file.expiresAt)
    this.#dropAt = alive.map(({ file }) => file.expiresAt).reduce((a, b) => a === undefined || (b !== undefined && b < a) ? b : a, undefined)
    const freshness = entry.parameters.ocspFreshnessSeconds
    const conf = this.#confOf(entry, own, freshness)
    const foreign = alive.map((entry) => this.#confOf(entry, own, freshness))
    const content = JSON.stringify([own.privateParameters, own.ocspFetchIntervalSeconds, own.monitoringClient, own.agreements?.key, own.suspensions?.key, ...[conf, ...foreign].map(({ file }) => [file.instance, this.#confs.get(file.instance)?.key])])
    if (content !== this.#content) this.#version += 1
    this.#content = content
    this.#snapshot = new Snapshot({
      version: this.#version,
      own: conf,
      foreign,
      privateParameters: own.privateParameters,
      expiresAt: own.expiresAt,
      ocspFetchIntervalSeconds: own.ocspFetchIntervalSeconds,
      monitoringClient: own.monitoringClient,
      agreements: own.agreements?.list,
      suspensions: own.suspensions?.list
    })
  }
}

function keyOf (file: ConfFile): string {
  return `${file.version} ${hash('sha256', file.bytes)}`
}

function checkInstance (found: string, expected: string): void {
  if (found !== expected) throw new Fault('MalformedGlobalConf', `configuration part is of instance ${found}, expected ${expected}`)
}
