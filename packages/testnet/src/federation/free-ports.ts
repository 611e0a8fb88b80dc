import { createServer, type Server } from 'node:net'

/**
 * Where the search starts; the system's own ephemeral ports lie higher, so a port found here stays free until it is used.
 * Processes started one after the other begin far apart: a whole federation fits between two neighbours.
 */
let next = 20_000 + (process.pid * 370) % 11_000

function tryPort (port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => { resolve(undefined) })
    server.listen(port, '127.0.0.1', () => { resolve(server) })
  })
}

/** Finds `count` free ports in a row on loopback and gives the first. An address in the registry must be known before its gateway runs. */
export async function freePorts (count: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const first = next
    next = next + count > 31_000 ? 20_000 : next + count
    const servers = await Promise.all(Array.from({ length: count }, (_, index) => tryPort(first + index)))
    await Promise.all(servers.map((server) => new Promise((resolve) => { server === undefined ? resolve(undefined) : server.close(resolve) })))
    if (servers.every((server) => server !== undefined)) return first
  }
  throw new Error(`no ${count} free ports in a row on 127.0.0.1`)
}
